-- What any question can count: counted occasions, and pieces of care. Each carries its category in
-- every breakdown, by which a population asks for it too.

with occasions as (

    select * from {{ ref('fct_missing_occasions') }}
    where outcome = 'counted'

),

care_pieces as (

    select * from {{ ref('int_care_pieces') }}

),

councils as (

    select * from {{ ref('int_councils') }}

),

age_bands as (

    select
        category,
        cast(lowest as int) as lowest,
        cast(highest as int) as highest
    from {{ ref('categories') }}
    where breakdown = 'age_band' and lowest is not null

),

interview_limit as (

    select cast(floor(cast(value as int) / 24.0) as int) as days
    from {{ ref('thresholds') }}
    where threshold = 'interview_within_hours'

),

facts as (

    select
        'occasion' as fact,
        occasions.child_id,
        occasions.la_code,
        occasions.started_on as from_day,
        occasions.started_on as to_day,
        occasions.ended_on,
        occasions.age_at_start as age,
        occasions.sex,
        occasions.ethnic_group,
        occasions.placement_type,
        occasions.legal_status,
        case when occasions.is_uasc then 'yes' when not occasions.is_uasc then 'no' end as uasc,
        occasions.counts_as,
        occasions.counts_as = 'missing' as is_missing,
        occasions.counts_as = 'missing' and occasions.is_found as is_found,
        occasions.duration_days,
        occasions.is_interview_offered,
        occasions.is_interview_completed,
        occasions.is_interview_declined,
        coalesce(
            {{ days_between('occasions.ended_on', 'occasions.first_interviewed_on') }}
            between 0 and interview_limit.days,
            false
        ) as is_interviewed_in_time,
        occasions.was_hurt,
        occasions.was_sexually_harmed,
        occasions.was_in_drug_sale,
        occasions.was_in_crime
    from occasions
    cross join interview_limit

    union all

    select
        'care' as fact,
        child_id,
        la_code,
        from_day,
        to_day,
        ended_on,
        age,
        sex,
        ethnic_group,
        placement_type,
        legal_status,
        uasc,
        null as counts_as,
        false as is_missing,
        false as is_found,
        null as duration_days,
        {% for flag in [
            'is_interview_offered', 'is_interview_completed', 'is_interview_declined',
            'is_interviewed_in_time', 'was_hurt', 'was_sexually_harmed', 'was_in_drug_sale'
        ] -%}
            false as {{ flag }},
        {% endfor -%}
        false as was_in_crime
    from care_pieces

),

final as (

    select
        facts.fact,
        facts.child_id,
        facts.from_day,
        facts.to_day,
        facts.ended_on,
        coalesce(cast(facts.age as string), 'not_known') as age,
        case when facts.age is null then 'not_known' else age_bands.category end as age_band,
        facts.sex,
        facts.ethnic_group,
        facts.placement_type,
        facts.legal_status,
        left(cast(facts.from_day as string), 7) as month,
        {{ financial_quarter('facts.from_day') }} as quarter,
        facts.uasc,
        facts.counts_as,
        facts.la_code as council,
        replace(lower(councils.region), ' ', '_') as region,
        replace(lower(councils.country), ' ', '_') as country,
        facts.is_missing,
        facts.is_found,
        facts.duration_days,
        facts.is_interview_offered,
        facts.is_interview_completed,
        facts.is_interview_declined,
        facts.is_interviewed_in_time,
        facts.was_hurt,
        facts.was_sexually_harmed,
        facts.was_in_drug_sale,
        facts.was_in_crime
    from facts
    left join councils on facts.la_code = councils.la_code
    left join age_bands
        on facts.age >= age_bands.lowest and facts.age <= age_bands.highest

)

select * from final
