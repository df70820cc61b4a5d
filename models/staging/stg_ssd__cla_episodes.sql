with raw_rows as (

    select * from {{ raw_table('ssd_cla_episodes') }}

),

final as (

    select
        source_file,
        cast(source_row as int) as source_row,
        {{ system_text('clae_cla_episode_id') }} as system_id,
        {{ child_key(system_text('clae_person_id')) }} as child_id,
        {{ parse_date('clae_cla_episode_start_date') }} as started_on,
        {{ system_text('clae_cla_episode_ceased_date') }} as end_text,
        {{ parse_date('clae_cla_episode_ceased_date') }} as ended_on,
        {{ raw_values([
            'clae_cla_episode_id', 'clae_person_id', 'clae_cla_episode_start_date',
            'clae_cla_episode_ceased_date'
        ]) }} as raw_values
    from raw_rows

)

select * from final
