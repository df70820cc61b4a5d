-- Question 4, by rule 14: question 1's occasions of children who were UASC on the day.

with financial_years as (select * from {{ ref('dim_financial_years') }}),

occasions as (

    select * from {{ ref('fct_missing_occasions') }}
    where outcome = 'counted' and is_uasc

),

yearly as (

    select
        financial_year,
        count(case when counts_as = 'missing' then 1 end) as occasions_missing,
        count(case when counts_as = 'absent' then 1 end) as occasions_absent,
        count(*) as occasions_missing_or_absent,
        count(distinct case when counts_as = 'missing' then child_id end) as children_missing
    from occasions
    group by financial_year

)

select
    financial_years.financial_year,
    {% for figure in [
        'occasions_missing', 'occasions_absent', 'occasions_missing_or_absent', 'children_missing'
    ] -%}
        cast(
            case
                when financial_years.has_occasions and financial_years.has_uasc
                    then coalesce(yearly.{{ figure }}, 0)
            end as bigint
        ) as {{ figure }},
    {% endfor -%}
    financial_years.is_break_in_series
from financial_years
left join yearly on financial_years.financial_year = yearly.financial_year
order by financial_years.financial_year
