with raw_rows as (

    select * from {{ raw_table('ssd_cla_episodes') }}

),

landed_files as (

    {{ landed_files(
        'ssd_cla_episodes', ['clae_cla_episode_start_date', 'clae_cla_episode_ceased_date']
    ) }}

),

blanks as (

    {{ blank_words() }}

),

cleaned as (

    select
        raw_rows.source_file,
        cast(raw_rows.source_row as int) as source_row,
        {{ child_of('clae_person_id', 'raw_rows.source_file') }} as child_id,
        {{ system_id('clae_cla_episode_id') }} as system_id,
        {{ system_id('clae_cla_placement_id') }} as placement_id,
        upper({{ source_text('clae_cla_episode_start_reason') }}) as reason_started_code,
        upper({{ source_text('clae_cla_episode_ceased_reason') }}) as reason_ceased_code,
        {{ source_text('clae_cla_episode_start_date') }} as start_text,
        {{ source_text('clae_cla_episode_ceased_date') }} as end_text,
        coalesce(landed_files.clae_cla_episode_start_date_form, 'day_first')
            as clae_cla_episode_start_date_form,
        coalesce(landed_files.clae_cla_episode_ceased_date_form, 'day_first')
            as clae_cla_episode_ceased_date_form,
        landed_files.latest_year,
        landed_files.taken_on,
        blanks.days as blank_days,
        {{ raw_values([
            'clae_cla_episode_id', 'clae_person_id', 'clae_cla_episode_start_date',
            'clae_cla_episode_ceased_date'
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
            'start_text', 'clae_cla_episode_start_date_form', 'latest_year', 'start_part'
        ) }} as started_on_written,
        {{ parse_date(
            'end_text', 'clae_cla_episode_ceased_date_form', 'latest_year', 'end_part'
        ) }} as ended_on_written
    from parted

),

final as (

    select
        source_file,
        source_row,
        child_id,
        system_id,
        placement_id,
        reason_started_code,
        reason_ceased_code,
        {{ filled_text('start_text', 'started_on_written') }} as start_text,
        {{ filled_day('start_text', 'started_on_written') }} as started_on,
        {{ filled_text('end_text', 'ended_on_written') }} as end_text,
        {{ filled_day('end_text', 'ended_on_written') }} as ended_on,
        taken_on,
        raw_values
    from dated

)

select * from final
