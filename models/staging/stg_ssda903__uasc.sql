with raw_rows as (

    select * from {{ raw_table('ssda903_uasc') }}

),

final as (

    select
        collection_year,
        source_file,
        cast(source_row as int) as source_row,
        {{ clean_text('child') }} as child_id,
        {{ clean_text('duc') }} as status_ceased_text,
        {{ parse_date('duc') }} as status_ceased_on,
        {{ raw_values(['child', 'sex', 'dob', 'duc']) }} as raw_values
    from raw_rows

)

select * from final
