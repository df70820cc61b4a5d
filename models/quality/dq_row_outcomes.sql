-- Rule 8: what became of every row that was landed. Where a council landed both the returns and a
-- case-management extract, the rows that were only compared are left out.

with rejected as (

    select
        raw_table,
        collection_year,
        source_file,
        source_row,
        'rejected' as outcome
    from {{ ref('dq_rejected_rows') }}

),

module_sources as (

    select * from {{ ref('int_module_sources') }}

),

missing_rows as (

    select
        occasion_rows.raw_table,
        case
            when occasion_rows.raw_table = 'ssd_missing' then 'all'
            else occasion_rows.collection_year
        end as collection_year,
        occasion_rows.source_file,
        occasion_rows.source_row,
        case
            when module_sources.raw_table is null then 'left_out'
            when not occasion_rows.is_latest then 'repeated'
            else occasions.outcome
        end as outcome
    from {{ ref('int_occasion_rows') }} as occasion_rows
    left join module_sources on occasion_rows.raw_table = module_sources.raw_table
    left join {{ ref('fct_missing_occasions') }} as occasions
        on
            occasion_rows.collection_year = occasions.collection_year
            and occasion_rows.source_file = occasions.source_file
            and occasion_rows.source_row = occasions.source_row

    union all

    select
        'ssd_missing' as raw_table,
        'all' as collection_year,
        source_file,
        source_row,
        'repeated' as outcome
    from {{ ref('int_case_missing_rows_judged') }}
    where is_repeated

),

accepted_episode_rows as (

    select
        'ssda903_episodes' as raw_table,
        collection_year,
        source_file,
        source_row
    from {{ ref('int_episode_rows_judged') }}
    where reject_code is null

    union all

    select
        'ssd_cla_episodes' as raw_table,
        'all' as collection_year,
        source_file,
        source_row
    from {{ ref('int_case_episode_rows_judged') }}
    where reject_code is null

),

episode_rows as (

    select
        accepted.raw_table,
        accepted.collection_year,
        accepted.source_file,
        accepted.source_row,
        case
            when module_sources.raw_table is null then 'left_out'
            when episodes.child_id is null then 'repeated'
            when episodes.is_short_break then 'left_out'
            else 'counted'
        end as outcome
    from accepted_episode_rows as accepted
    left join module_sources on accepted.raw_table = module_sources.raw_table
    left join {{ ref('int_care_episodes') }} as episodes
        on
            accepted.raw_table = episodes.raw_table
            and accepted.source_file = episodes.source_file
            and accepted.source_row = episodes.source_row

),

accepted_header_rows as (

    select
        'ssda903_header' as raw_table,
        collection_year,
        source_file,
        source_row
    from {{ ref('stg_ssda903__header') }}
    where child_id is not null

    union all

    select
        'ssd_person' as raw_table,
        'all' as collection_year,
        source_file,
        source_row
    from {{ ref('stg_ssd__person') }}
    where child_id is not null

),

header_rows as (

    select
        accepted.raw_table,
        accepted.collection_year,
        accepted.source_file,
        accepted.source_row,
        case
            when module_sources.raw_table is null then 'left_out'
            when children.child_id is null then 'repeated'
            else 'counted'
        end as outcome
    from accepted_header_rows as accepted
    left join module_sources on accepted.raw_table = module_sources.raw_table
    left join {{ ref('int_children') }} as children
        on
            accepted.raw_table = children.raw_table
            and accepted.source_file = children.source_file
            and accepted.source_row = children.source_row

),

uasc_rows as (

    select
        'ssda903_uasc' as raw_table,
        uasc.collection_year,
        uasc.source_file,
        uasc.source_row,
        case
            when module_sources.raw_table is null or not uasc.is_uasc then 'left_out'
            when uasc_status.child_id is null then 'repeated'
            else 'counted'
        end as outcome
    from {{ ref('int_uasc_rows_judged') }} as uasc
    left join module_sources on module_sources.raw_table = 'ssda903_uasc'
    left join {{ ref('int_uasc_status') }} as uasc_status
        on
            uasc_status.raw_table = 'ssda903_uasc'
            and uasc.collection_year = uasc_status.collection_year
            and uasc.source_file = uasc_status.source_file
            and uasc.source_row = uasc_status.source_row
    where uasc.reject_code is null

),

-- One status may give the child's status in several years.
immigration_rows_that_count as (

    select distinct
        source_file,
        source_row
    from {{ ref('int_uasc_status') }}
    where raw_table = 'ssd_immigration_status'

),

immigration_rows as (

    select
        'ssd_immigration_status' as raw_table,
        'all' as collection_year,
        immigration.source_file,
        immigration.source_row,
        case
            when immigration.is_repeated then 'repeated'
            when counting.source_row is null then 'left_out'
            else 'counted'
        end as outcome
    from {{ ref('int_case_immigration_rows_judged') }} as immigration
    left join immigration_rows_that_count as counting
        on
            immigration.source_file = counting.source_file
            and immigration.source_row = counting.source_row
    where immigration.reject_code is null

),

-- Legal statuses and placements count by what they say of an episode.
{% for raw_table, model, code in [
    ('ssd_legal_status', 'int_case_legal_status_rows_judged', 'legal_status_code'),
    ('ssd_cla_placement', 'int_case_placement_rows_judged', 'placement_code'),
] -%}
    {{ raw_table }}_rows as (

        select
            '{{ raw_table }}' as raw_table,
            'all' as collection_year,
            judged.source_file,
            judged.source_row,
            case
                when judged.is_repeated then 'repeated'
                when module_sources.raw_table is null or judged.{{ code }} is null
                    then 'left_out'
                else 'counted'
            end as outcome
        from {{ ref(model) }} as judged
        left join module_sources on module_sources.raw_table = 'ssd_cla_episodes'
        where judged.reject_code is null

    ),

{% endfor -%}
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
    select * from immigration_rows
    union all
    select * from ssd_legal_status_rows
    union all
    select * from ssd_cla_placement_rows
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
