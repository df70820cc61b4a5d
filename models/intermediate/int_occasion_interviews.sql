-- Rule 11: what all interviews together say of an occasion. A yes from any of them holds, whoever
-- held it and whatever its outcome; no interview is "not known", never "no".

with interviews as (

    select * from {{ ref('int_interviews_linked') }}
    where occasion_id is not null

),

interview_outcomes as (

    select * from {{ ref('interview_outcomes') }}

),

joined as (

    select
        interviews.*,
        interview_outcomes.is_offered,
        interview_outcomes.is_completed,
        interview_outcomes.is_declined
    from interviews
    left join interview_outcomes
        on interviews.interview_outcome = interview_outcomes.interview_outcome

),

final as (

    select
        occasion_id,
        {% for outcome in ['is_offered', 'is_completed', 'is_declined'] -%}
            max(case when {{ outcome }} = 'true' then 1 else 0 end) = 1 as {{ outcome }},
        {% endfor -%}
        min(case when is_completed = 'true' then interviewed_on end) as first_interviewed_on,
        {% for harm in ['was_hurt', 'was_sexually_harmed', 'was_in_drug_sale', 'was_in_crime'] -%}
            max(case when {{ harm }} = 'Y' then 1 else 0 end) = 1 as {{ harm }},
        {% endfor -%}
        count(*) as interview_rows
    from joined
    group by occasion_id

)

select * from final
