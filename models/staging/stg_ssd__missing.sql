with raw_rows as (

    select * from {{ raw_table('ssd_missing') }}

),

final as (

    select
        source_file,
        cast(source_row as int) as source_row,
        {{ system_text('miss_table_id') }} as system_id,
        {{ child_key(system_text('miss_person_id')) }} as child_id,
        upper({{ system_text('miss_missing_episode_type') }}) as status_text,
        {{ system_text('miss_missing_episode_start_date') }} as start_text,
        {{ parse_date('miss_missing_episode_start_date') }} as started_on,
        {{ parse_timestamp('miss_missing_episode_start_date') }} as started_at,
        {{ system_text('miss_missing_episode_end_date') }} as end_text,
        {{ parse_date('miss_missing_episode_end_date') }} as ended_on,
        {{ parse_timestamp('miss_missing_episode_end_date') }} as ended_at,
        upper({{ system_text('miss_missing_rhi_offered') }}) as interview_offered,
        upper({{ system_text('miss_missing_rhi_accepted') }}) as interview_accepted,
        {{ raw_values([
            'miss_table_id', 'miss_person_id', 'miss_missing_episode_type',
            'miss_missing_episode_start_date', 'miss_missing_episode_end_date'
        ]) }} as raw_values
    from raw_rows

)

select * from final
