-- What analysts get of single occasions if the council decides so: no identifier, day or birth
-- date, ages and durations in bands, and sorted, so that the order says nothing either.

with occasions as (

    select * from {{ ref('fct_missing_occasions') }}
    where outcome = 'counted'

),

bands as (select * from {{ ref('int_bands') }}),

banded as (

    select
        occasions.financial_year,
        occasions.counts_as,
        coalesce(age_band_stretch.categories, 'not_known') as age_band,
        occasions.sex,
        occasions.is_uasc,
        occasions.placement_type,
        occasions.is_found,
        case
            when occasions.is_found then coalesce(duration_band_stretch.categories, 'not_known')
            else 'still_missing'
        end as duration_band,
        occasions.is_interview_offered,
        occasions.is_interview_completed,
        occasions.is_interviewed_in_time
    from occasions
    {{ join_band('age_band', 'occasions.age_at_start') }}
    {{ join_band('duration_band', 'occasions.duration_days') }}

)

select
    cast(financial_year as string) as financial_year,
    cast(counts_as as string) as counts_as,
    cast(age_band as string) as age_band,
    cast(sex as string) as sex,
    cast(is_uasc as boolean) as is_uasc,
    cast(placement_type as string) as placement_type,
    cast(is_found as boolean) as is_found,
    cast(duration_band as string) as duration_band,
    cast(is_interview_offered as boolean) as is_interview_offered,
    cast(is_interview_completed as boolean) as is_interview_completed,
    cast(is_interviewed_in_time as boolean) as is_interviewed_in_time
from banded
order by
    financial_year asc nulls last,
    counts_as asc nulls last,
    placement_type asc nulls last,
    age_band asc nulls last,
    sex asc nulls last,
    is_uasc asc nulls last,
    duration_band asc nulls last,
    is_interview_offered asc nulls last,
    is_interview_completed asc nulls last,
    is_interviewed_in_time asc nulls last
