with raw_rows as (

    select * from {{ raw_table('ssd_missing') }}

),

landed_files as (

    {{ landed_files(
        'ssd_missing', ['miss_missing_episode_start_date', 'miss_missing_episode_end_date']
    ) }}

),

blanks as (

    {{ blank_words() }}

),

cleaned as (

    select
        raw_rows.source_file,
        cast(raw_rows.source_row as int) as source_row,
        {{ child_of('miss_person_id', 'raw_rows.source_file') }} as child_id,
        {{ system_id('miss_table_id') }} as system_id,
        upper({{ source_text('miss_missing_episode_type') }}) as status_text,
        upper({{ source_text('miss_missing_rhi_offered') }}) as interview_offered,
        upper({{ source_text('miss_missing_rhi_accepted') }}) as interview_accepted,
        {{ source_text('miss_missing_episode_start_date') }} as start_text,
        {{ source_text('miss_missing_episode_end_date') }} as end_text,
        coalesce(landed_files.miss_missing_episode_start_date_form, 'day_first')
            as miss_missing_episode_start_date_form,
        coalesce(landed_files.miss_missing_episode_end_date_form, 'day_first')
            as miss_missing_episode_end_date_form,
        landed_files.latest_year,
        landed_files.taken_on,
        blanks.days as blank_days,
        {{ raw_values([
            'miss_table_id', 'miss_person_id', 'miss_missing_episode_type',
            'miss_missing_episode_start_date', 'miss_missing_episode_end_date'
        ]) }} as raw_values
    from raw_rows
    cross join blanks
    left join landed_files on raw_rows.source_file = landed_files.source_file

),

parted as (

    select
        *,
        {{ day_part('start_text') }} as start_part,
        {{ day_part('end_text') }} as end_part
    from cleaned

),

dated as (

    select
        *,
        {{ parse_date(
            'start_text', 'miss_missing_episode_start_date_form', 'latest_year', 'start_part'
        ) }} as started_on_written,
        {{ parse_date(
            'end_text', 'miss_missing_episode_end_date_form', 'latest_year', 'end_part'
        ) }} as ended_on_written
    from parted

),

final as (

    select
        source_file,
        source_row,
        child_id,
        system_id,
        status_text,
        interview_offered,
        interview_accepted,
        {{ filled_text('start_text', 'started_on_written') }} as start_text,
        {{ filled_day('start_text', 'started_on_written') }} as started_on,
        {{ filled_time('start_text', 'started_on_written') }} as started_at,
        {{ filled_text('end_text', 'ended_on_written') }} as end_text,
        {{ filled_day('end_text', 'ended_on_written') }} as ended_on,
        {{ filled_time('end_text', 'ended_on_written') }} as ended_at,
        taken_on,
        raw_values
    from dated

)

select * from final
