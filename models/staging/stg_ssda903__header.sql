with raw_rows as (

    select * from {{ raw_table('ssda903_header') }}

),

final as (

    select
        collection_year,
        source_file,
        cast(source_row as int) as source_row,
        {{ child_key(clean_text('child')) }} as child_id,
        {{ clean_text('dob') }} as birth_text,
        {{ parse_date('dob') }} as birth_date,
        regexp_replace(upper({{ clean_text('sex') }}), '[.]0$', '') as sex_code,
        upper({{ clean_text('ethnic') }}) as ethnic_code,
        {{ raw_values(['child', 'sex', 'dob', 'ethnic']) }} as raw_values
    from raw_rows

)

select * from final
