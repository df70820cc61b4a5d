-- Rule 5: was the child looked after on the day the occasion started? Several episodes on a
-- changeover day never multiply it: the one that started last speaks for the placement and the
-- legal status, any other before a short break.

with occasions as (

    select * from {{ ref('int_occasions') }}

),

care_episodes as (

    select * from {{ ref('int_care_episodes') }}

),

episodes_on_the_day as (

    select
        occasions.occasion_id,
        care_episodes.is_short_break,
        care_episodes.legal_status_code,
        care_episodes.placement_code,
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

final as (

    select
        occasion_id,
        is_short_break as is_short_break_only,
        legal_status_code,
        placement_code
    from episodes_on_the_day
    where place_in_line = 1

)

select * from final
