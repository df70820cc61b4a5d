-- Rule 5: was the child looked after on the day an occasion started? Several episodes on a
-- changeover day never multiply it: the one that started last speaks for the placement and the
-- legal status, any other before a short break. Rule 22: beside it stands how the child's last
-- episode ended.

with episodes_on_the_day as (

    select
        occasions.child_id,
        occasions.started_on,
        coalesce(
            max(case when not care_episodes.is_short_break then care_episodes.started_on end),
            max(care_episodes.started_on)
        ) as episode_started_on
    from {{ ref('int_occasions') }} as occasions
    inner join {{ ref('int_care_episodes') }} as care_episodes
        on
            occasions.child_id = care_episodes.child_id
            and occasions.started_on >= care_episodes.started_on
            and (
                care_episodes.ended_on is null
                or occasions.started_on <= care_episodes.ended_on
            )
    where occasions.occasion_number = 1
    group by occasions.child_id, occasions.started_on

),

final as (

    select
        episodes_on_the_day.child_id,
        episodes_on_the_day.started_on,
        care_episodes.is_short_break as is_short_break_only,
        care_episodes.legal_status_code,
        care_episodes.placement_code,
        care_episodes.care_started_on,
        care_episodes.placement_area,
        care_episodes.miles_from_home,
        last_episodes.ended_on as care_ended_on,
        last_episodes.reason_ceased_code
    from episodes_on_the_day
    inner join {{ ref('int_care_episodes') }} as care_episodes
        on
            episodes_on_the_day.child_id = care_episodes.child_id
            and episodes_on_the_day.episode_started_on = care_episodes.started_on
    left join {{ ref('int_care_episodes') }} as last_episodes
        on episodes_on_the_day.child_id = last_episodes.child_id and last_episodes.is_last

)

select * from final
