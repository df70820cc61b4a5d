-- Question 3, by rules 12 and 13: unaccompanied asylum-seeking children in care.

with financial_years as (select * from {{ ref('dim_financial_years') }}),

care_in_year as (select * from {{ ref('int_care_in_year') }}),

yearly as (

    select
        collection_year,
        count(distinct case when is_uasc then child_id end) as uasc_children_in_year,
        count(distinct case when is_uasc_at_year_end then child_id end)
            as uasc_children_at_31_march,
        count(distinct child_id) as looked_after_in_year,
        count(distinct case when is_at_year_end then child_id end) as looked_after_at_31_march
    from care_in_year
    group by collection_year

)

select
    financial_years.financial_year,
    {% for figure in ['uasc_children_in_year', 'uasc_children_at_31_march'] -%}
        cast(
            case
                when financial_years.has_care and financial_years.has_uasc
                    then coalesce(yearly.{{ figure }}, 0)
            end as bigint
        ) as {{ figure }},
    {% endfor -%}
    cast(
        case when financial_years.has_care then coalesce(yearly.looked_after_in_year, 0) end
        as bigint
    ) as looked_after_in_year,
    cast(
        case when financial_years.has_care then coalesce(yearly.looked_after_at_31_march, 0) end
        as bigint
    ) as looked_after_at_31_march
from financial_years
left join yearly on financial_years.collection_year = yearly.collection_year
order by financial_years.financial_year
