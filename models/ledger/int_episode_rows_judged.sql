-- Rules 7 and 9, for the Episodes module: what each rule finds in each row, and which rows cannot
-- say when the child was looked after.

with episode_rows as (select * from {{ ref('stg_ssda903__episodes') }}),

joined as (

    select
        episode_rows.*,
        coalesce(child_matches.matched_child_id, episode_rows.child_id) as matched_child_id,
        legal_statuses.legal_status_code is not null as is_legal_status_known,
        coalesce(legal_statuses.is_short_break = 'true', false) as is_short_break,
        placement_types.placement_code is not null as is_placement_known,
        placement_types.label as placement_label,
        placement_types.valid_from_year as placement_from_year,
        placement_types.valid_to_year as placement_to_year
    from episode_rows
    left join {{ ref('int_child_matches') }} as child_matches
        on episode_rows.child_id = child_matches.child_id
    left join {{ ref('legal_statuses') }} as legal_statuses
        on episode_rows.legal_status_code = legal_statuses.legal_status_code
    left join {{ ref('placement_types') }} as placement_types
        on episode_rows.placement_code = placement_types.placement_code

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

final as (

    select
        collection_year,
        source_file,
        source_row,
        matched_child_id as child_id,
        start_text,
        started_on,
        end_text,
        ended_on,
        reason_started_code,
        reason_ceased_code,
        legal_status_code,
        is_legal_status_known,
        placement_code,
        is_placement_known,
        {{ first_broken('MFC02 141 147 356') }} as reject_code,
        rule_mfc02,
        rule_141,
        rule_144,
        rule_146,
        rule_147,
        rule_148,
        rule_356,
        rule_mfc14,
        rule_mfc15,
        rule_mfc25,
        rule_mfc51
    from judged

)

select * from final
