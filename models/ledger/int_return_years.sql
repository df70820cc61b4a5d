-- Which annual returns are landed, and which modules each holds. A module accepted as missing is no
-- return without rows: figures that need it are not available. Nor are they where one of several
-- councils lacks it.

with landed_modules as (

    select * from {{ ref('stg_landed_modules') }}
    where collection_year is not null

),

final as (

    select
        {% for table in ['header', 'episodes', 'missing', 'uasc'] -%}
            max(
                case when raw_table = 'ssda903_{{ table }}' and status = 'landed' then 1 else 0 end
            ) = 1
            and max(
                case
                    when raw_table = 'ssda903_{{ table }}' and status <> 'landed' then 1 else 0
                end
            ) = 0 as has_{{ table }},
        {% endfor -%}
        collection_year,
        replace(collection_year, '-', '/') as financial_year,
        make_date(cast(left(collection_year, 4) as int), 4, 1) as first_day,
        make_date(cast(left(collection_year, 4) as int) + 1, 3, 31) as last_day
    from landed_modules
    group by collection_year

)

select * from final
