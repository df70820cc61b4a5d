-- Where the child was placed in each episode of a case-management extract: by the placement's
-- identifier; where the episode has none that is landed, by the child and the day on which the
-- episode began.

with episode_rows as (select * from {{ ref('stg_ssd__cla_episodes') }}),

placements as (

    select * from {{ ref('int_case_placement_rows_judged') }}
    where reject_code is null and not is_repeated

),

episodes as (

    select
        episode_rows.source_file,
        episode_rows.source_row,
        coalesce(child_matches.matched_child_id, episode_rows.child_id) as child_id,
        episode_rows.placement_id,
        episode_rows.started_on,
        coalesce({{ council_of('episode_rows.source_file') }}, '') as folder
    from episode_rows
    left join {{ ref('int_child_matches') }} as child_matches
        on episode_rows.child_id = child_matches.child_id

),

pairs as (

    select
        episodes.source_file,
        episodes.source_row,
        episodes.started_on as episode_started_on,
        placements.placement_code,
        placements.miles_from_home,
        placements.started_on,
        placements.ended_on,
        placements.source_file as placement_file,
        placements.source_row as placement_row,
        true as is_by_identifier
    from episodes
    inner join placements
        on
            episodes.folder = placements.folder
            and episodes.placement_id = placements.placement_id
            and episodes.child_id = coalesce(placements.child_id, episodes.child_id)

    union all

    select
        episodes.source_file,
        episodes.source_row,
        episodes.started_on as episode_started_on,
        placements.placement_code,
        placements.miles_from_home,
        placements.started_on,
        placements.ended_on,
        placements.source_file as placement_file,
        placements.source_row as placement_row,
        false as is_by_identifier
    from episodes
    inner join placements
        on
            episodes.child_id = placements.child_id
            and episodes.started_on >= placements.started_on
            and episodes.started_on <= coalesce(placements.ended_on, episodes.started_on)

),

ranked as (

    select
        *,
        row_number() over (
            partition by source_file, source_row
            order by
                case
                    when not is_by_identifier then 3
                    when
                        episode_started_on >= started_on
                        and episode_started_on <= coalesce(ended_on, episode_started_on)
                        then 1
                    else 2
                end,
                started_on desc nulls last,
                placement_row desc,
                placement_file desc
        ) as place_in_line
    from pairs

),

final as (

    select
        source_file,
        source_row,
        placement_code,
        miles_from_home
    from ranked
    where place_in_line = 1

)

select * from final
