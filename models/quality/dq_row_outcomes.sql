-- Rule 8: what became of every row that was landed.

with rejected as (

    select
        raw_table,
        collection_year,
        source_file,
        source_row,
        'rejected' as outcome
    from {{ ref('dq_rejected_rows') }}

),

missing_rows as (

    select
        'ssda903_missing' as raw_table,
        occasion_rows.collection_year,
        occasion_rows.source_file,
        occasion_rows.source_row,
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
        judged.source_file,
        judged.source_row,
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
        header.source_file,
        header.source_row,
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
        uasc.source_file,
        uasc.source_row,
        case
            when not uasc.is_uasc then 'left_out'
            when uasc_status.child_id is null then 'repeated'
            else 'counted'
        end as outcome
    from {{ ref('int_uasc_rows_judged') }} as uasc
    left join {{ ref('int_uasc_status') }} as uasc_status
        on
            uasc.collection_year = uasc_status.collection_year
            and uasc.source_file = uasc_status.source_file
            and uasc.source_row = uasc_status.source_row
    where uasc.reject_code is null

),

interview_rows as (

    select
        'return_interviews' as raw_table,
        'all' as collection_year,
        interviews.source_file,
        interviews.source_row,
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

)

select
    raw_table,
    collection_year,
    source_file,
    source_row,
    outcome
from all_rows
