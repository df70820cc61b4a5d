with raw_rows as (

    select * from {{ raw_table('ssd_cla_placement') }}

),

landed_files as (

    {{ landed_files(
        'ssd_cla_placement', ['clap_cla_placement_start_date', 'clap_cla_placement_end_date']
    ) }}

),

blanks as (

    {{ blank_words() }}

),

cleaned as (

    select
        raw_rows.source_file,
        cast(raw_rows.source_row as int) as source_row,
        {{ child_of('clap_person_id', 'raw_rows.source_file') }} as child_id,
        {{ system_id('clap_cla_placement_id') }} as placement_id,
        {{ source_text('clap_cla_placement_type') }} as type_text,
        {{ source_text('clap_cla_placement_start_date') }} as start_text,
        {{ source_text('clap_cla_placement_end_date') }} as end_text,
        coalesce(landed_files.clap_cla_placement_start_date_form, 'day_first')
            as clap_cla_placement_start_date_form,
        coalesce(landed_files.clap_cla_placement_end_date_form, 'day_first')
            as clap_cla_placement_end_date_form,
        landed_files.latest_year,
        landed_files.taken_on,
        blanks.days as blank_days,
        {{ raw_values([
            'clap_cla_placement_id', 'clap_person_id', 'clap_cla_placement_type',
            'clap_cla_placement_start_date', 'clap_cla_placement_end_date'
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
            'start_text', 'clap_cla_placement_start_date_form', 'latest_year', 'start_part'
        ) }} as started_on_written,
        {{ parse_date(
            'end_text', 'clap_cla_placement_end_date_form', 'latest_year', 'end_part'
        ) }} as ended_on_written
    from parted

),

final as (

    select
        source_file,
        source_row,
        child_id,
        placement_id,
        type_text,
        {{ filled_text('start_text', 'started_on_written') }} as start_text,
        {{ filled_day('start_text', 'started_on_written') }} as started_on,
        {{ filled_text('end_text', 'ended_on_written') }} as end_text,
        {{ filled_day('end_text', 'ended_on_written') }} as ended_on,
        taken_on,
        raw_values
    from dated

)

select * from final
