with raw_rows as (

    select * from {{ raw_table('ssda903_missing') }}

),

landed_files as (

    {{ landed_files('ssda903_missing', ['dob', 'mis_start', 'mis_end']) }}

),

blanks as (

    {{ blank_words() }}

),

cleaned as (

    select
        raw_rows.collection_year,
        raw_rows.source_file,
        cast(raw_rows.source_row as int) as source_row,
        {{ child_of('child', 'raw_rows.source_file') }} as child_id,
        upper({{ source_text('missing') }}) as status_text,
        {{ source_text('dob') }} as birth_text,
        {{ source_text('mis_start') }} as start_text,
        {{ source_text('mis_end') }} as end_text,
        coalesce(landed_files.dob_form, 'day_first') as dob_form,
        coalesce(landed_files.mis_start_form, 'day_first') as mis_start_form,
        coalesce(landed_files.mis_end_form, 'day_first') as mis_end_form,
        landed_files.last_year,
        landed_files.latest_year,
        blanks.days as blank_days,
        {{ raw_values(['child', 'dob', 'missing', 'mis_start', 'mis_end']) }} as raw_values
    from raw_rows
    cross join blanks
    left join landed_files
        on
            raw_rows.source_file = landed_files.source_file
            and raw_rows.collection_year = landed_files.collection_year

),

parted as (

    select
        *,
        {{ day_part('birth_text') }} as birth_part,
        {{ day_part('start_text') }} as start_part,
        {{ day_part('end_text') }} as end_part
    from cleaned

),

dated as (

    select
        *,
        {{ parse_date('birth_text', 'dob_form', 'last_year', 'birth_part') }} as birth_date_written,
        {{ parse_date(
            'start_text', 'mis_start_form', 'latest_year', 'start_part'
        ) }} as started_on_written,
        {{ parse_date('end_text', 'mis_end_form', 'latest_year', 'end_part') }} as ended_on_written
    from parted

),

final as (

    select
        collection_year,
        source_file,
        source_row,
        child_id,
        status_text,
        {{ filled_text('birth_text', 'birth_date_written') }} as birth_text,
        {{ filled_day('birth_text', 'birth_date_written') }} as birth_date,
        {{ filled_text('start_text', 'started_on_written') }} as start_text,
        {{ filled_day('start_text', 'started_on_written') }} as started_on,
        {{ filled_text('end_text', 'ended_on_written') }} as end_text,
        {{ filled_day('end_text', 'ended_on_written') }} as ended_on,
        raw_values
    from dated

)

select * from final
