-- What any question can count: counted occasions, those of children who are not looked after
-- (rule 25), and pieces of care. Each carries its category in
-- every breakdown, by which a population asks for it too.

{% set of_both = [
    'child_id', 'ended_on', 'sex', 'ethnic_group', 'placement_type', 'legal_status',
    'placement_area', 'miles_from_home'
] -%}
{% set of_occasions = [
    'first_missing_on', 'duration_days', 'outcome_since', 'days_in_care'
] + interview_columns() -%}
{% set happened = [
    'is_interview_offered', 'is_interview_completed', 'is_interview_declined',
    'is_interviewed_in_time', 'was_hurt', 'was_sexually_harmed', 'was_in_drug_sale', 'was_in_crime'
] -%}

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
        {% for column in of_both + of_occasions + happened -%}
            {{ column }},
        {% endfor -%}
        started_on as from_day,
        started_on as to_day,
        age_at_start as age_in_years,
        la_code as council,
        case
            when is_uasc then 'yes'
            when not is_uasc then 'no'
            else 'not_known'
        end as uasc,
        care,
        would_count_as as counts_as,
        would_count_as = 'missing' as is_missing,
        would_count_as = 'missing' and is_found as is_found,
        -- A category's edges are whole hours: over 24 hours is in the 25th.
        cast(ceil(duration_hours) as int) as hours_missing
    from occasions

    union all

    select
        'care' as fact,
        {% for column in of_both -%}
            {{ column }},
        {% endfor -%}
        {% for column in of_occasions -%}
            null as {{ column }},
        {% endfor -%}
        {% for column in happened -%}
            false as {{ column }},
        {% endfor -%}
        from_day,
        to_day,
        age as age_in_years,
        la_code as council,
        coalesce(uasc, 'not_known') as uasc,
        'looked_after' as care,
        null as counts_as,
        false as is_missing,
        false as is_found,
        null as hours_missing
    from care_pieces

),

final as (

    select
        facts.*,
        coalesce(ages.age, 'not_known') as age,
        coalesce(ages.age_band, 'not_known') as age_band,
        coalesce(distance_band_stretch.categories, 'not_known') as distance_band,
        left(cast(facts.from_day as string), 7) as month,
        {{ financial_quarter('facts.from_day') }} as quarter,
        replace(lower(councils.region), ' ', '_') as region,
        replace(lower(councils.country), ' ', '_') as country,
        case
            when facts.fact = 'occasion' then coalesce(time_in_care_stretch.categories, 'not_known')
        end as time_in_care,
        case
            when facts.fact <> 'occasion' then null
            when facts.ended_on is null then 'still_missing'
            else coalesce(hours_band_stretch.categories, 'not_known')
        end as hours_band
    from facts
    left join councils on facts.council = councils.la_code
    left join ages on facts.age_in_years >= ages.lowest and facts.age_in_years <= ages.highest
    {{ join_band('time_in_care', 'facts.days_in_care') }}
    {{ join_band('distance_band', 'facts.miles_from_home') }}
    {{ join_band('hours_band', 'facts.hours_missing') }}

)

select * from final
