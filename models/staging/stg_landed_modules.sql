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
        sha256,
        coalesce({{ clean_text('date_forms') }}, '') as date_forms,
        cast({{ clean_text('taken_on') }} as date) as taken_on,
        cast({{ clean_text('covers_from') }} as date) as covers_from,
        cast({{ clean_text('covers_to') }} as date) as covers_to
    from raw_rows

)

select * from final
