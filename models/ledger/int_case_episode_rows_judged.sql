-- Rules 5, 7 and 21, for the case-management extract: which rows can say when the child was looked
-- after, and under which legal status and where, which the system keeps apart from the episodes.

with episode_rows as (select * from {{ ref('stg_ssd__cla_episodes') }}),

legal_statuses as (

    select * from {{ ref('int_case_legal_status_rows_judged') }}
    where reject_code is null and not is_repeated and legal_status_code is not null

),

judged as (

    select
        episode_rows.source_file,
        episode_rows.source_row,
        coalesce(child_matches.matched_child_id, episode_rows.child_id) as child_id,
        episode_rows.system_id,
        episode_rows.started_on,
        episode_rows.ended_on,
        episode_rows.reason_started_code,
        episode_rows.reason_ceased_code,
        episode_rows.taken_on,
        {{ council_of('episode_rows.source_file') }} as council,
        case
            when episode_rows.child_id is null then 'MFC37'
            when episode_rows.started_on is null then 'MFC38'
            when episode_rows.end_text is not null and episode_rows.ended_on is null then 'MFC39'
            when episode_rows.ended_on < episode_rows.started_on then 'MFC40'
        end as reject_code
    from episode_rows
    left join {{ ref('int_child_matches') }} as child_matches
        on episode_rows.child_id = child_matches.child_id

),

-- The episode's own last row.
by_identifier as (

    select
        *,
        system_id is not null
        and row_number() over (
            partition by case when reject_code is null then 1 else 0 end, child_id, system_id
            order by {{ newest_first() }}
        ) > 1 as has_later_row
    from judged

),

-- An episode of an older extract may have another identifier there, or none.
by_start as (

    select
        *,
        has_later_row
        or rank() over (
            partition by
                case when reject_code is null and not has_later_row then 1 else 0 end,
                child_id,
                started_on
            order by taken_on desc nulls last
        ) > 1 as is_superseded
    from by_identifier

),

with_legal_status as (

    select
        by_start.*,
        legal_statuses.legal_status_code,
        row_number() over (
            partition by by_start.source_file, by_start.source_row
            order by legal_statuses.started_on desc, {{ newest_first('legal_statuses') }}
        ) as legal_place_in_line
    from by_start
    left join legal_statuses
        on
            by_start.child_id = legal_statuses.child_id
            and by_start.started_on >= legal_statuses.started_on
            and by_start.started_on <= coalesce(legal_statuses.ended_on, by_start.started_on)

),

repeated as (

    select
        *,
        reject_code is null and is_superseded as is_repeated
    from with_legal_status
    where legal_place_in_line = 1

),

with_newest as (

    select
        *,
        {{ newest_taken_on() }} as newest_taken_on
    from repeated

),

with_first_of_newest as (

    select
        *,
        {{ first_of_newest() }} as first_of_newest
    from with_newest

),

judged_rows as (

    select
        *,
        {{ gone_from_newest() }} as rule_mfc58
    from with_first_of_newest

),

final as (

    select
        judged_rows.source_file,
        judged_rows.source_row,
        judged_rows.child_id,
        judged_rows.started_on,
        judged_rows.ended_on,
        judged_rows.reason_started_code,
        judged_rows.reason_ceased_code,
        judged_rows.legal_status_code,
        placements.placement_code,
        placements.miles_from_home,
        judged_rows.taken_on,
        judged_rows.reject_code,
        judged_rows.is_repeated,
        judged_rows.rule_mfc58
    from judged_rows
    left join {{ ref('int_case_placements_of_episodes') }} as placements
        on
            judged_rows.source_file = placements.source_file
            and judged_rows.source_row = placements.source_row

)

select * from final
