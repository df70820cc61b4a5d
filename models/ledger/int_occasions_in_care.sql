-- Rule 5: was the child looked after on the day the occasion started? Several episodes on a
-- changeover day never multiply it: the one that started last speaks for the placement and the
-- legal status, any other before a short break. Rule 22: beside it stands how the child's last
-- episode ended.

with occasions as (

    select * from {{ ref('int_occasions') }}

),

care_episodes as (

    select * from {{ ref('int_care_episodes') }}

),

episodes_on_the_day as (

    select
        occasions.occasion_id,
        occasions.child_id,
        care_episodes.is_short_break,
        care_episodes.legal_status_code,
        care_episodes.placement_code,
        care_episodes.care_started_on,
        care_episodes.placement_area,
        care_episodes.miles_from_home,
        row_number() over (
            partition by occasions.occasion_id
            order by
                case when care_episodes.is_short_break then 1 else 0 end,
                care_episodes.started_on desc
        ) as place_in_line
    from occasions
    inner join care_episodes
        on
            occasions.child_id = care_episodes.child_id
            and occasions.started_on >= care_episodes.started_on
            and (
                care_episodes.ended_on is null
                or occasions.started_on <= care_episodes.ended_on
            )

),

last_episodes as (

    select
        child_id,
        ended_on,
        reason_ceased_code,
        row_number() over (partition by child_id order by started_on desc) as place_in_line
    from care_episodes
    where not is_short_break

),

final as (

    select
        episodes_on_the_day.occasion_id,
        episodes_on_the_day.is_short_break as is_short_break_only,
        episodes_on_the_day.legal_status_code,
        episodes_on_the_day.placement_code,
        episodes_on_the_day.care_started_on,
        episodes_on_the_day.placement_area,
        episodes_on_the_day.miles_from_home,
        last_episodes.ended_on as care_ended_on,
        last_episodes.reason_ceased_code
    from episodes_on_the_day
    left join last_episodes
        on
            episodes_on_the_day.child_id = last_episodes.child_id
            and last_episodes.place_in_line = 1
    where episodes_on_the_day.place_in_line = 1

)

select * from final
