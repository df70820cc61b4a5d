with raw_rows as (

    select * from {{ raw_table('ssd_legal_status') }}

),

landed_files as (

    {{ landed_files(
        'ssd_legal_status', ['lega_legal_status_start_date', 'lega_legal_status_end_date']
    ) }}

),

blanks as (

    {{ blank_words() }}

),

cleaned as (

    select
        raw_rows.source_file,
        cast(raw_rows.source_row as int) as source_row,
        {{ child_of('lega_person_id', 'raw_rows.source_file') }} as child_id,
        {{ system_id('lega_legal_status_id') }} as system_id,
        {{ source_text('lega_legal_status') }} as status_text,
        {{ source_text('lega_legal_status_start_date') }} as start_text,
        {{ source_text('lega_legal_status_end_date') }} as end_text,
        coalesce(landed_files.lega_legal_status_start_date_form, 'day_first')
            as lega_legal_status_start_date_form,
        coalesce(landed_files.lega_legal_status_end_date_form, 'day_first')
            as lega_legal_status_end_date_form,
        landed_files.latest_year,
        landed_files.taken_on,
        blanks.days as blank_days,
        {{ raw_values([
            'lega_legal_status_id', 'lega_person_id', 'lega_legal_status',
            'lega_legal_status_start_date', 'lega_legal_status_end_date'
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
            'start_text', 'lega_legal_status_start_date_form', 'latest_year', 'start_part'
        ) }} as started_on_written,
        {{ parse_date(
            'end_text', 'lega_legal_status_end_date_form', 'latest_year', 'end_part'
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
        {{ filled_text('start_text', 'started_on_written') }} as start_text,
        {{ filled_day('start_text', 'started_on_written') }} as started_on,
        {{ filled_text('end_text', 'ended_on_written') }} as end_text,
        {{ filled_day('end_text', 'ended_on_written') }} as ended_on,
        taken_on,
        raw_values
    from dated

)

select * from final
