-- Rule 8: nothing disappears. What was landed is counted by the landing step itself, so a row lost
-- between the file and the warehouse shows as well.

with landed as (

    select
        raw_table,
        coalesce(collection_year, 'all') as collection_year,
        sum(rows_landed) as rows_landed
    from {{ ref('stg_landed_modules') }}
    where status = 'landed'
    group by raw_table, coalesce(collection_year, 'all')

),

rejected as (

    select
        raw_table,
        collection_year,
        'rejected' as outcome
    from {{ ref('dq_rejected_rows') }}

),

missing_rows as (

    select
        'ssda903_missing' as raw_table,
        occasion_rows.collection_year,
        case
            when not occasion_rows.is_latest then 'repeated'
            else occasions.outcome
        end as outcome
    from {{ ref('int_occasion_rows') }} as occasion_rows
    left join {{ ref('fct_missing_occasions') }} as occasions
        on
            occasion_rows.collection_year = occasions.collection_year
            and occasion_rows.source_file = occasions.source_file
            and occasion_rows.source_row = occasions.source_row

),

episode_rows as (

    select
        'ssda903_episodes' as raw_table,
        judged.collection_year,
        case
            when episodes.child_id is null then 'repeated'
            when episodes.is_short_break then 'left_out'
            else 'counted'
        end as outcome
    from {{ ref('int_episode_rows_judged') }} as judged
    left join {{ ref('int_care_episodes') }} as episodes
        on
            judged.collection_year = episodes.collection_year
            and judged.source_file = episodes.source_file
            and judged.source_row = episodes.source_row
    where judged.reject_code is null

),

header_rows as (

    select
        'ssda903_header' as raw_table,
        header.collection_year,
        case when children.child_id is null then 'repeated' else 'counted' end as outcome
    from {{ ref('stg_ssda903__header') }} as header
    left join {{ ref('int_children') }} as children
        on
            header.collection_year = children.collection_year
            and header.source_file = children.source_file
            and header.source_row = children.source_row
    where header.child_id is not null

),

uasc_rows as (

    select
        'ssda903_uasc' as raw_table,
        uasc.collection_year,
        case when uasc_status.child_id is null then 'repeated' else 'counted' end as outcome
    from {{ ref('stg_ssda903__uasc') }} as uasc
    left join {{ ref('int_uasc_status') }} as uasc_status
        on
            uasc.collection_year = uasc_status.collection_year
            and uasc.source_file = uasc_status.source_file
            and uasc.source_row = uasc_status.source_row
    where uasc.child_id is not null

),

interview_rows as (

    select
        'return_interviews' as raw_table,
        'all' as collection_year,
        coalesce(occasions.outcome, 'left_out') as outcome
    from {{ ref('int_interviews_linked') }} as interviews
    left join {{ ref('fct_missing_occasions') }} as occasions
        on interviews.occasion_id = occasions.occasion_id

),

all_rows as (

    select * from rejected
    union all
    select * from missing_rows
    union all
    select * from episode_rows
    union all
    select * from header_rows
    union all
    select * from uasc_rows
    union all
    select * from interview_rows

),

totals as (

    select
        raw_table,
        collection_year,
        count(case when outcome = 'rejected' then 1 end) as rows_rejected,
        count(case when outcome = 'repeated' then 1 end) as rows_repeated,
        count(case when outcome = 'left_out' then 1 end) as rows_left_out,
        count(case when outcome = 'counted' then 1 end) as rows_counted
    from all_rows
    group by raw_table, collection_year

)

select
    cast(coalesce(landed.raw_table, totals.raw_table) as string) as raw_table,
    cast(coalesce(landed.collection_year, totals.collection_year) as string) as collection_year,
    cast(coalesce(landed.rows_landed, 0) as bigint) as rows_landed,
    cast(coalesce(totals.rows_rejected, 0) as bigint) as rows_rejected,
    cast(coalesce(totals.rows_repeated, 0) as bigint) as rows_repeated,
    cast(coalesce(totals.rows_left_out, 0) as bigint) as rows_left_out,
    cast(coalesce(totals.rows_counted, 0) as bigint) as rows_counted
from landed
full join totals
    on
        landed.raw_table = totals.raw_table
        and landed.collection_year = totals.collection_year
order by raw_table, collection_year
