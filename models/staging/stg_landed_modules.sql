with raw_rows as (

    select * from {{ raw_table('landed_modules') }}

),

final as (

    select
        raw_table,
        {{ clean_text('collection_year') }} as collection_year,
        status,
        {{ clean_text('source_file') }} as source_file,
        cast(rows_landed as bigint) as rows_landed,
        sha256
    from raw_rows

)

select * from final
