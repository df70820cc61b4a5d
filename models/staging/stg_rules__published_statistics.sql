with published_statistics as (select * from {{ ref('published_statistics') }}),

final as (

    select
        area_code,
        area,
        financial_year,
        measure,
        value as published_text,
        case when status = 'published' then cast(value as bigint) end as published,
        status as published_status,
        release,
        {{ clean_text('remark') }} as remark
    from published_statistics

)

select * from final
