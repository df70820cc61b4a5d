-- Rules 5, 7 and 21, for the case-management extract: which rows can say when the child was looked
-- after, and under which legal status and where, which the system keeps apart from the episodes.

with episode_rows as (

    select * from {{ ref('stg_ssd__cla_episodes') }}

),

child_matches as (

    select * from {{ ref('int_child_matches') }}

),

legal_statuses as (

    select * from {{ ref('int_case_legal_status_rows_judged') }}
    where reject_code is null and not is_repeated and legal_status_code is not null

),

placements as (

    select * from {{ ref('int_case_placements_of_episodes') }}

),

judged as (

    select
        episode_rows.source_file,
        episode_rows.source_row,
        coalesce(child_matches.matched_child_id, episode_rows.child_id) as child_id,
        episode_rows.system_id,
        episode_rows.started_on,
        episode_rows.ended_on,
        episode_rows.taken_on,
        episode_rows.raw_values,
        case
            when episode_rows.child_id is null then 'MFC37'
            when episode_rows.started_on is null then 'MFC38'
            when episode_rows.end_text is not null and episode_rows.ended_on is null then 'MFC39'
            when episode_rows.ended_on < episode_rows.started_on then 'MFC40'
        end as reject_code
    from episode_rows
    left join child_matches on episode_rows.child_id = child_matches.child_id

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

final as (

    select
        with_legal_status.source_file,
        with_legal_status.source_row,
        with_legal_status.child_id,
        with_legal_status.started_on,
        with_legal_status.ended_on,
        with_legal_status.legal_status_code,
        placements.placement_code,
        with_legal_status.taken_on,
        with_legal_status.raw_values,
        with_legal_status.reject_code,
        with_legal_status.reject_code is null and with_legal_status.is_superseded as is_repeated
    from with_legal_status
    left join placements
        on
            with_legal_status.source_file = placements.source_file
            and with_legal_status.source_row = placements.source_row
    where with_legal_status.legal_place_in_line = 1

)

select * from final
