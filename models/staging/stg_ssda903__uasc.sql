with raw_rows as (

    select * from {{ raw_table('ssda903_uasc') }}

),

landed_files as (

    {{ landed_files('ssda903_uasc', ['dob', 'duc']) }}

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
        regexp_replace(upper({{ source_text('sex') }}), '[.]0$', '') as sex_code,
        regexp_replace(upper({{ source_text('uasc_flag') }}), '[.]0$', '') as uasc_flag,
        {{ source_text('dob') }} as birth_text,
        {{ source_text('duc') }} as status_ceased_text,
        coalesce(landed_files.dob_form, 'day_first') as dob_form,
        coalesce(landed_files.duc_form, 'day_first') as duc_form,
        landed_files.last_year,
        landed_files.latest_year,
        blanks.days as blank_days,
        {{ raw_values(['child', 'sex', 'dob', 'duc', 'uasc_flag']) }} as raw_values
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
        {{ day_part('status_ceased_text') }} as status_ceased_part
    from cleaned

),

dated as (

    select
        *,
        {{ parse_date('birth_text', 'dob_form', 'last_year', 'birth_part') }} as birth_date_written,
        {{ parse_date(
            'status_ceased_text', 'duc_form', 'latest_year', 'status_ceased_part'
        ) }} as status_ceased_on_written
    from parted

),

final as (

    select
        collection_year,
        source_file,
        source_row,
        child_id,
        sex_code,
        uasc_flag,
        {{ filled_text('birth_text', 'birth_date_written') }} as birth_text,
        {{ filled_day('birth_text', 'birth_date_written') }} as birth_date,
        {{ filled_text('status_ceased_text', 'status_ceased_on_written') }} as status_ceased_text,
        {{ filled_day('status_ceased_text', 'status_ceased_on_written') }} as status_ceased_on,
        raw_values
    from dated

)

select * from final
