-- Rules 12 and 13: the days of each year on which an episode of care that is no short break ran,
-- and whether the child was UASC on one of them.

with care_episodes as (

    select * from {{ ref('int_care_episodes') }}
    where not is_short_break

),

collection_years as (

    select distinct
        collection_year,
        first_day,
        last_day
    from {{ ref('int_council_years') }}

),

care_days as (

    select
        collection_years.collection_year,
        collection_years.last_day,
        care_episodes.child_id,
        greatest(care_episodes.started_on, collection_years.first_day) as from_day,
        care_episodes.ended_on is null
        or care_episodes.ended_on > collection_years.last_day as is_at_year_end
    from care_episodes
    inner join collection_years
        on
            care_episodes.started_on <= collection_years.last_day
            and (
                care_episodes.ended_on is null
                or care_episodes.ended_on >= collection_years.first_day
            )

),

final as (

    select
        care_days.collection_year,
        care_days.child_id,
        care_days.from_day,
        care_days.is_at_year_end,
        uasc_status.child_id is not null
        and (
            uasc_status.status_ceased_on is null
            or uasc_status.status_ceased_on >= care_days.from_day
        ) as is_uasc,
        uasc_status.child_id is not null
        and care_days.is_at_year_end
        and (
            uasc_status.status_ceased_on is null
            or uasc_status.status_ceased_on >= care_days.last_day
        ) as is_uasc_at_year_end
    from care_days
    left join {{ ref('int_uasc_status') }} as uasc_status
        on
            care_days.collection_year = uasc_status.collection_year
            and care_days.child_id = uasc_status.child_id

)

select * from final
