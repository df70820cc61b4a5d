-- What any question can count: counted occasions, those of children who are not looked after
-- (rule 25), and pieces of care. Each carries its category in
-- every breakdown, by which a population asks for it too.

with landed as (

    select min(first_day) as first_day
    from {{ ref('dim_financial_years') }}

),

-- Of the occasions before the first landed year the returns hold those alone that reached into it.
occasions as (

    select
        occasions.*,
        min(
            case
                when
                    occasions.counts_as = 'missing'
                    and occasions.started_on >= landed.first_day
                    then occasions.started_on
            end
        ) over (partition by occasions.child_id) as first_missing_on
    from {{ ref('fct_missing_occasions') }} as occasions
    cross join landed
    where occasions.care is not null

),

care_pieces as (select * from {{ ref('int_care_pieces') }}),

councils as (select * from {{ ref('int_councils') }}),

bands as (select * from {{ ref('int_bands') }}),

-- Every age lies in one row of these, so that none is left out and none counts twice.
ages as (

    select
        single_ages.categories as age,
        age_bands.categories as age_band,
        greatest(single_ages.lowest, age_bands.lowest) as lowest,
        least(single_ages.highest, age_bands.highest) as highest
    from bands as single_ages
    inner join bands as age_bands
        on
            single_ages.lowest <= age_bands.highest
            and single_ages.highest >= age_bands.lowest
    where single_ages.breakdown = 'age' and age_bands.breakdown = 'age_band'

),

facts as (

    select
        'occasion' as fact,
        occasions.child_id,
        occasions.la_code,
        occasions.started_on as from_day,
        occasions.started_on as to_day,
        occasions.ended_on,
        occasions.first_missing_on,
        occasions.age_at_start as age,
        occasions.sex,
        occasions.ethnic_group,
        occasions.placement_type,
        occasions.legal_status,
        occasions.placement_area,
        occasions.miles_from_home,
        case
            when occasions.is_uasc then 'yes'
            when not occasions.is_uasc then 'no'
            else 'not_known'
        end as uasc,
        occasions.care,
        occasions.would_count_as as counts_as,
        occasions.would_count_as = 'missing' as is_missing,
        occasions.would_count_as = 'missing' and occasions.is_found as is_found,
        occasions.duration_days,
        occasions.outcome_since,
        occasions.days_in_care,
        -- A category's edges are whole hours: over 24 hours is in the 25th.
        cast(ceil(occasions.duration_hours) as int) as hours_missing,
        occasions.is_interview_offered,
        occasions.is_interview_completed,
        occasions.is_interview_declined,
        occasions.is_interviewed_in_time,
        occasions.was_hurt,
        occasions.was_sexually_harmed,
        occasions.was_in_drug_sale,
        {% for column in interview_columns() -%}
            occasions.{{ column }},
        {% endfor -%}
        occasions.was_in_crime
    from occasions

    union all

    select
        'care' as fact,
        child_id,
        la_code,
        from_day,
        to_day,
        ended_on,
        null as first_missing_on,
        age,
        sex,
        ethnic_group,
        placement_type,
        legal_status,
        placement_area,
        miles_from_home,
        coalesce(uasc, 'not_known') as uasc,
        'looked_after' as care,
        null as counts_as,
        false as is_missing,
        false as is_found,
        null as duration_days,
        null as outcome_since,
        null as days_in_care,
        null as hours_missing,
        {% for flag in [
            'is_interview_offered', 'is_interview_completed', 'is_interview_declined',
            'is_interviewed_in_time', 'was_hurt', 'was_sexually_harmed', 'was_in_drug_sale'
        ] -%}
            false as {{ flag }},
        {% endfor -%}
        {% for column in interview_columns() -%}
            null as {{ column }},
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
        facts.first_missing_on,
        facts.age as age_in_years,
        coalesce(ages.age, 'not_known') as age,
        coalesce(ages.age_band, 'not_known') as age_band,
        facts.sex,
        facts.ethnic_group,
        facts.placement_type,
        facts.legal_status,
        facts.placement_area,
        facts.miles_from_home,
        coalesce(distance_band_stretch.categories, 'not_known') as distance_band,
        left(cast(facts.from_day as string), 7) as month,
        {{ financial_quarter('facts.from_day') }} as quarter,
        facts.uasc,
        facts.care,
        facts.counts_as,
        facts.la_code as council,
        replace(lower(councils.region), ' ', '_') as region,
        replace(lower(councils.country), ' ', '_') as country,
        facts.is_missing,
        facts.is_found,
        facts.duration_days,
        facts.outcome_since,
        facts.days_in_care,
        case
            when facts.fact = 'occasion' then coalesce(time_in_care_stretch.categories, 'not_known')
        end as time_in_care,
        facts.hours_missing,
        case
            when facts.fact <> 'occasion' then null
            when facts.ended_on is null then 'still_missing'
            else coalesce(hours_band_stretch.categories, 'not_known')
        end as hours_band,
        facts.is_interview_offered,
        facts.is_interview_completed,
        facts.is_interview_declined,
        facts.is_interviewed_in_time,
        facts.was_hurt,
        facts.was_sexually_harmed,
        facts.was_in_drug_sale,
        {% for column in interview_columns() -%}
            facts.{{ column }},
        {% endfor -%}
        facts.was_in_crime
    from facts
    left join councils on facts.la_code = councils.la_code
    {{ join_band('time_in_care', 'facts.days_in_care') }}
    {{ join_band('distance_band', 'facts.miles_from_home') }}
    {{ join_band('hours_band', 'facts.hours_missing') }}
    left join ages on facts.age >= ages.lowest and facts.age <= ages.highest

)

select * from final
