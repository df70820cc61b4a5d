-- Rule 11: what all interviews together say of an occasion. A yes from any of them holds, whoever
-- held it and whatever its outcome; no interview is "not known", never "no". Rule 24: of two that
-- say different things, the category that comes first in its breakdown holds. Rule 19: in time, if
-- any completed one was; an interview has a date alone, so hours are days.

with interviews as (

    select * from {{ ref('int_interviews_linked') }}
    where has_occasion

),

interview_limit as (

    select cast(floor(cast(value as int) / 24.0) as int) as days
    from {{ ref('thresholds') }}
    where threshold = 'interview_within_hours'

),

joined as (

    select
        interviews.*,
        {{ days_between('interviews.occasion_ended_on', 'interviews.interviewed_on') }}
        between 0 and interview_limit.days as is_in_time,
        {% for column in interview_columns() -%}
            cast({{ column }}_categories.category_order as int) as {{ column }}_order,
        {% endfor -%}
        interview_outcomes.is_offered,
        interview_outcomes.is_completed,
        interview_outcomes.is_declined
    from interviews
    cross join interview_limit
    left join {{ ref('interview_outcomes') }} as interview_outcomes
        on interviews.interview_outcome = interview_outcomes.interview_outcome
    {% for column in interview_columns() -%}
        left join {{ ref('categories') }} as {{ column }}_categories
            on
                {{ column }}_categories.breakdown = '{{ column }}'
                and interviews.{{ column }} = {{ column }}_categories.category
    {% endfor %}

),

final as (

    select
        child_id,
        started_on,
        occasion_number,
        {% for outcome in ['is_offered', 'is_completed', 'is_declined'] -%}
            max(case when {{ outcome }} = 'true' then 1 else 0 end) = 1 as {{ outcome }},
        {% endfor -%}
        max(case when is_completed = 'true' and is_in_time then 1 else 0 end) = 1 as is_in_time,
        min(case when is_completed = 'true' then interviewed_on end) as first_interviewed_on,
        {% for harm in ['was_hurt', 'was_sexually_harmed', 'was_in_drug_sale', 'was_in_crime'] -%}
            max(case when {{ harm }} = 'Y' then 1 else 0 end) = 1 as {{ harm }},
        {% endfor -%}
        {% for column in interview_columns() -%}
            min_by({{ column }}, {{ column }}_order) as {{ column }},
        {% endfor -%}
        count(*) as interview_rows
    from joined
    group by child_id, started_on, occasion_number

)

select * from final
