-- Question 2, by rules 10 and 11: of the occasions on which children went missing and were found,
-- on how many each kind of harm is known. The parts overlap and are never added up.

with financial_years as (select * from {{ ref('dim_financial_years') }}),

found_occasions as (

    select * from {{ ref('fct_missing_occasions') }}
    where counts_as = 'missing' and is_found

),

yearly as (

    select
        financial_year,
        count(*) as occasions_found,
        count(case when is_interview_completed then 1 end) as occasions_with_interview,
        count(case when not is_interview_completed then 1 end) as occasions_without_interview,
        count(case when was_hurt then 1 end) as hurt,
        count(case when was_sexually_harmed then 1 end) as sexually_harmed,
        count(case when was_in_drug_sale then 1 end) as drug_sale,
        count(case when was_in_crime then 1 end) as crime
    from found_occasions
    group by financial_year

),

joined as (

    select
        financial_years.financial_year,
        financial_years.has_occasions,
        financial_years.has_occasions and financial_years.has_interviews as has_findings,
        question_parts.question_part,
        question_parts.outcome,
        case question_parts.outcome
            when 'hurt' then yearly.hurt
            when 'sexually_harmed' then yearly.sexually_harmed
            when 'drug_sale' then yearly.drug_sale
            when 'crime' then yearly.crime
        end as occasions_with_outcome,
        yearly.occasions_found,
        yearly.occasions_with_interview,
        yearly.occasions_without_interview
    from financial_years
    cross join {{ ref('harm_outcomes') }} as question_parts
    left join yearly on financial_years.financial_year = yearly.financial_year

)

select
    financial_year,
    question_part,
    outcome,
    cast(case when has_findings then coalesce(occasions_with_outcome, 0) end as bigint)
        as occasions_with_outcome,
    cast(case when has_occasions then coalesce(occasions_found, 0) end as bigint)
        as occasions_found,
    cast(case when has_findings then coalesce(occasions_with_interview, 0) end as bigint)
        as occasions_with_interview,
    cast(case when has_findings then coalesce(occasions_without_interview, 0) end as bigint)
        as occasions_without_interview
from joined
order by financial_year, question_part
