with raw_rows as (

    select * from {{ raw_table('ssd_immigration_status') }}

),

landed_files as (

    {{ landed_files('ssd_immigration_status', [
        'immi_immigration_status_start_date',
        'immi_immigration_status_end_date'
    ]) }}

),

blanks as (

    {{ blank_words() }}

),

cleaned as (

    select
        raw_rows.source_file,
        cast(raw_rows.source_row as int) as source_row,
        {{ child_of('immi_person_id', 'raw_rows.source_file') }} as child_id,
        {{ system_id('immi_immigration_status_id') }} as system_id,
        {{ source_text('immi_immigration_status') }} as status_text,
        {{ source_text('immi_immigration_status_start_date') }} as start_text,
        {{ source_text('immi_immigration_status_end_date') }} as end_text,
        coalesce(landed_files.immi_immigration_status_start_date_form, 'day_first')
            as immi_immigration_status_start_date_form,
        coalesce(landed_files.immi_immigration_status_end_date_form, 'day_first')
            as immi_immigration_status_end_date_form,
        landed_files.latest_year,
        landed_files.taken_on,
        blanks.days as blank_days,
        {{ raw_values([
            'immi_immigration_status_id', 'immi_person_id', 'immi_immigration_status',
            'immi_immigration_status_start_date', 'immi_immigration_status_end_date'
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
            'start_text', 'immi_immigration_status_start_date_form', 'latest_year', 'start_part'
        ) }} as status_began_on_written,
        {{ parse_date(
            'end_text', 'immi_immigration_status_end_date_form', 'latest_year', 'end_part'
        ) }} as status_ceased_on_written
    from parted

),

final as (

    select
        source_file,
        source_row,
        child_id,
        system_id,
        status_text,
        {{ filled_text('start_text', 'status_began_on_written') }} as start_text,
        {{ filled_day('start_text', 'status_began_on_written') }} as status_began_on,
        {{ filled_text('end_text', 'status_ceased_on_written') }} as end_text,
        {{ filled_day('end_text', 'status_ceased_on_written') }} as status_ceased_on,
        taken_on,
        raw_values
    from dated

)

select * from final
