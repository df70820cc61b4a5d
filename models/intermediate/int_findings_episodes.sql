-- Rule 9, for the Episodes module: what each rule finds in each row.

{% set never = "cast('9999-12-31' as date)" -%}

with episode_rows as (

    select * from {{ ref('int_episode_rows_judged') }}

),

collection_years as (

    select * from {{ ref('int_return_years') }}
    where has_episodes

),

legal_statuses as (

    select * from {{ ref('legal_statuses') }}

),

placement_types as (

    select * from {{ ref('placement_types') }}

),

returns as (

    select
        collection_years.collection_year,
        returns_after.collection_year as return_after
    from collection_years
    left join collection_years as returns_after
        on year(collection_years.first_day) + 1 = year(returns_after.first_day)

),

starts_by_return as (

    select distinct
        collection_year,
        child_id,
        started_on
    from episode_rows
    where child_id is not null and started_on is not null

),

-- As rule 574 does for occasions: of the episodes that come before, the one that ends last.
beside_other_rows as (

    select
        *,
        max(
            cast(coalesce(ended_on, {{ never }}) as string)
            || lpad(cast(source_row as string), 10, '0')
        ) over (
            partition by
                collection_year, child_id, case when reject_code is null then 0 else 1 end
            order by started_on asc, ended_on asc nulls last, source_row asc
            rows between unbounded preceding and 1 preceding
        ) as latest_end_before
    from episode_rows

),

joined as (

    select
        beside_other_rows.*,
        returns.return_after,
        starts_after.child_id is not null as is_continued,
        coalesce(legal_statuses.is_short_break = 'true', false) as is_short_break,
        placement_types.label is not null as has_placement_label,
        placement_types.valid_from_year as placement_from_year,
        placement_types.valid_to_year as placement_to_year,
        cast(left(beside_other_rows.latest_end_before, 10) as date) as ended_before,
        cast(substring(beside_other_rows.latest_end_before, 11, 10) as int) as row_before
    from beside_other_rows
    left join returns on beside_other_rows.collection_year = returns.collection_year
    left join starts_by_return as starts_after
        on
            returns.return_after = starts_after.collection_year
            and beside_other_rows.child_id = starts_after.child_id
            and beside_other_rows.started_on = starts_after.started_on
    left join legal_statuses
        on beside_other_rows.legal_status_code = legal_statuses.legal_status_code
    left join placement_types
        on beside_other_rows.placement_code = placement_types.placement_code

),

judged as (

    select
        collection_year,
        source_file,
        source_row,
        child_id,
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
            when reject_code is null and ended_before = {{ never }}
                then
                    'DECOM is ' || cast(started_on as string)
                    || ', the episode of row ' || cast(row_before as string) || ' has no end.'
            when reject_code is null and ended_before > started_on
                then
                    'DECOM is ' || cast(started_on as string)
                    || ', the episode of row ' || cast(row_before as string)
                    || ' ends on ' || cast(ended_before as string) || '.'
        end as rule_501,
        case
            when
                child_id is not null
                and started_on is not null
                and end_text is null
                and return_after is not null
                and not is_continued
                then
                    'DECOM is ' || cast(started_on as string) || ', DEC is blank, '
                    || return_after || ' has no episode of the child with this start.'
        end as rule_502,
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
            when not is_short_break and is_placement_known and not has_placement_label
                then 'PLACE reads ' || {{ shown('placement_code') }} || '.'
        end as rule_mfc25
    from joined

),

final as (

    {{ rows_by_rule('judged', [
        'MFC02', '141', '147', '356', '148', '501', '502', '144', 'MFC14', '146', 'MFC15', 'MFC25',
    ]) }}

)

select * from final
