-- Which years there are, and which modules each holds. A module accepted as missing is not a return
-- without rows: figures that need it are not available.

with landed_modules as (

    select * from {{ ref('stg_landed_modules') }}

),

collection_years as (

    select
        collection_year,
        replace(collection_year, '-', '/') as financial_year,
        make_date(cast(left(collection_year, 4) as int), 4, 1) as first_day,
        make_date(cast(left(collection_year, 4) as int) + 1, 3, 31) as last_day,
        {% for table in ['header', 'episodes', 'missing', 'uasc'] -%}
            max(
                case when raw_table = 'ssda903_{{ table }}' and status = 'landed' then 1 else 0 end
            ) = 1 as has_{{ table }},
        {% endfor -%}
        count(*) as modules
    from landed_modules
    where collection_year is not null
    group by collection_year

),

interviews as (

    select count(*) > 0 as has_interviews
    from landed_modules
    where raw_table = 'return_interviews'

),

final as (

    select
        collection_years.collection_year,
        collection_years.financial_year,
        collection_years.first_day,
        collection_years.last_day,
        collection_years.has_header,
        collection_years.has_episodes,
        collection_years.has_missing,
        collection_years.has_uasc,
        interviews.has_interviews
    from collection_years
    cross join interviews

)

select * from final
