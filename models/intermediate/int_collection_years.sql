-- Which years can be answered for all councils together, and which modules each has: those that
-- every council has.

with council_years as (

    select * from {{ ref('int_council_years') }}

),

final as (

    select
        collection_year,
        replace(collection_year, '-', '/') as financial_year,
        first_day,
        last_day,
    {% for module in ['header', 'episodes', 'missing', 'uasc', 'interviews'] -%}
        min(case when has_{{ module }} then 1 else 0 end) = 1 as has_{{ module }}
        {{- ',' if not loop.last }}
    {% endfor %}
    from council_years
    group by collection_year, first_day, last_day

)

select * from final
