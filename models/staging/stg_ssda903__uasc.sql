with raw_rows as (

    select * from {{ raw_table('ssda903_uasc') }}

),

final as (

    select
        collection_year,
        source_file,
        cast(source_row as int) as source_row,
        {{ child_key(clean_text('child')) }} as child_id,
        regexp_replace(upper({{ clean_text('sex') }}), '[.]0$', '') as sex_code,
        {{ clean_text('dob') }} as birth_text,
        {{ parse_date('dob') }} as birth_date,
        {{ clean_text('duc') }} as status_ceased_text,
        {{ parse_date('duc') }} as status_ceased_on,
        regexp_replace(upper({{ clean_text('uasc_flag') }}), '[.]0$', '') as uasc_flag,
        {{ raw_values(['child', 'sex', 'dob', 'duc', 'uasc_flag']) }} as raw_values
    from raw_rows

)

select * from final
