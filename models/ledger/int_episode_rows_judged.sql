-- Rules 7 and 9, for the Episodes module: what each rule finds in each row, and which rows cannot
-- say when the child was looked after.

with episode_rows as (

    select * from {{ ref('stg_ssda903__episodes') }}

),

child_matches as (

    select * from {{ ref('int_child_matches') }}

),

legal_statuses as (

    select * from {{ ref('legal_statuses') }}

),

placement_types as (

    select * from {{ ref('placement_types') }}

),

collection_years as (

    select * from {{ ref('int_return_years') }}
    where has_episodes

),

joined as (

    select
        episode_rows.*,
        coalesce(child_matches.matched_child_id, episode_rows.child_id) as matched_child_id,
        legal_statuses.legal_status_code is not null as is_legal_status_known,
        coalesce(legal_statuses.is_short_break = 'true', false) as is_short_break,
        placement_types.placement_code is not null as is_placement_known,
        placement_types.label as placement_label,
        placement_types.valid_from_year as placement_from_year,
        placement_types.valid_to_year as placement_to_year,
        returns_after.collection_year as return_after
    from episode_rows
    left join child_matches on episode_rows.child_id = child_matches.child_id
    left join legal_statuses on episode_rows.legal_status_code = legal_statuses.legal_status_code
    left join placement_types on episode_rows.placement_code = placement_types.placement_code
    left join collection_years on episode_rows.collection_year = collection_years.collection_year
    left join collection_years as returns_after
        on year(collection_years.first_day) + 1 = year(returns_after.first_day)

),

judged as (

    select
        *,
        case when child_id is null then 'CHILD is blank or no identifier.' end as rule_mfc02,
        case
            when start_text is null then 'DECOM is blank.'
            when started_on is null then 'DECOM reads ' || {{ shown('start_text') }} || '.'
        end as rule_141,
        case
            when end_text is not null and ended_on is null
                then 'DEC reads ' || {{ shown('end_text') }} || '.'
        end as rule_147,
        case
            when ended_on < started_on
                then
                    'DECOM is ' || cast(started_on as string)
                    || ', DEC is ' || cast(ended_on as string) || '.'
        end as rule_356,
        case
            when end_text is null and reason_ceased_code is not null
                then 'DEC is blank, REC is ' || {{ shown('reason_ceased_code') }} || '.'
            when end_text is not null and reason_ceased_code is null
                then 'DEC reads ' || {{ shown('end_text') }} || ', REC is blank.'
        end as rule_148,
        case
            when legal_status_code is not null and not is_legal_status_known
                then 'LS reads ' || {{ shown('legal_status_code') }} || '.'
        end as rule_144,
        case when legal_status_code is null then 'LS is blank.' end as rule_mfc14,
        case
            when is_short_break or placement_code is null then null
            when not is_placement_known
                then 'PLACE reads ' || {{ shown('placement_code') }} || '.'
            when collection_year < placement_from_year
                then
                    'PLACE reads ' || {{ shown('placement_code') }}
                    || ', a code from ' || placement_from_year || ' on.'
            when collection_year > placement_to_year
                then
                    'PLACE reads ' || {{ shown('placement_code') }}
                    || ', a code to ' || placement_to_year || '.'
        end as rule_146,
        case
            when not is_short_break and placement_code is null then 'PLACE is blank.'
        end as rule_mfc15,
        case
            when not is_short_break and is_placement_known and placement_label is null
                then 'PLACE reads ' || {{ shown('placement_code') }} || '.'
        end as rule_mfc25,
        {{ child_read_as_another('child_id', 'matched_child_id') }} as rule_mfc51
    from joined

),

with_reject_code as (

    select
        *,
        {{ first_broken('MFC02 141 147 356') }} as reject_code
    from judged

),

-- As rule 574 does for occasions: of the episodes that come before, the one that ends last.
beside_other_rows as (

    select
        *,
        {{ latest_end_before(
            'collection_year, matched_child_id, case when reject_code is null then 0 else 1 end'
        ) }} as latest_end_before
    from with_reject_code

),

with_row_before as (

    select
        *,
        {{ ended_before('latest_end_before') }} as ended_before,
        {{ row_before('latest_end_before') }} as row_before
    from beside_other_rows

),

starts_by_return as (

    select distinct
        collection_year,
        matched_child_id,
        started_on
    from joined
    where matched_child_id is not null and started_on is not null

),

final as (

    select
        episode_rows.collection_year,
        episode_rows.source_file,
        episode_rows.source_row,
        episode_rows.matched_child_id as child_id,
        episode_rows.start_text,
        episode_rows.started_on,
        episode_rows.end_text,
        episode_rows.ended_on,
        episode_rows.reason_started_code,
        episode_rows.reason_ceased_code,
        episode_rows.legal_status_code,
        episode_rows.is_legal_status_known,
        episode_rows.placement_code,
        episode_rows.is_placement_known,
        episode_rows.reject_code,
        episode_rows.rule_mfc02,
        episode_rows.rule_141,
        episode_rows.rule_144,
        episode_rows.rule_146,
        episode_rows.rule_147,
        episode_rows.rule_148,
        episode_rows.rule_356,
        episode_rows.rule_mfc14,
        episode_rows.rule_mfc15,
        episode_rows.rule_mfc25,
        episode_rows.rule_mfc51,
        case
            when episode_rows.reject_code is not null then null
            when episode_rows.ended_before = {{ never() }}
                then
                    'DECOM is ' || cast(episode_rows.started_on as string)
                    || ', the episode of row ' || cast(episode_rows.row_before as string)
                    || ' has no end.'
            when episode_rows.ended_before > episode_rows.started_on
                then
                    'DECOM is ' || cast(episode_rows.started_on as string)
                    || ', the episode of row ' || cast(episode_rows.row_before as string)
                    || ' ends on ' || cast(episode_rows.ended_before as string) || '.'
        end as rule_501,
        case
            when
                episode_rows.matched_child_id is not null
                and episode_rows.started_on is not null
                and episode_rows.end_text is null
                and episode_rows.return_after is not null
                and starts_after.matched_child_id is null
                then
                    'DECOM is ' || cast(episode_rows.started_on as string) || ', DEC is blank, '
                    || episode_rows.return_after || ' has no episode of the child with this start.'
        end as rule_502
    from with_row_before as episode_rows
    left join starts_by_return as starts_after
        on
            episode_rows.return_after = starts_after.collection_year
            and episode_rows.matched_child_id = starts_after.matched_child_id
            and episode_rows.started_on = starts_after.started_on

)

select * from final
