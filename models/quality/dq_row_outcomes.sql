-- Rule 8: what became of every row that was landed. Where a council landed both the returns and a
-- case-management extract, the rows that were only compared are left out.

with judged_rows as (

    {{ judged_rows(['reject_code'], {
        'is_repeated': {
            'ssd_missing': 'is_repeated',
            'ssd_immigration_status': 'is_repeated',
            'ssd_legal_status': 'is_repeated',
            'ssd_cla_placement': 'is_repeated',
        },
        'says_nothing': {
            'ssda903_uasc': 'not is_uasc',
            'ssd_legal_status': 'legal_status_code is null',
            'ssd_cla_placement': 'placement_code is null',
        },
    }) }}

),

-- Which source must be in use for the rows of a table to count, if one must, and what became of a
-- row that no later model has. Legal statuses and placements count by what they say of an episode.
accounts as (

    select
        accounts.raw_table,
        accounts.otherwise,
        accounts.used_with is not null and module_sources.raw_table is null as is_unused
    from (
        values
        ('ssda903_missing', 'ssda903_missing', 'repeated'),
        ('ssda903_episodes', 'ssda903_episodes', 'repeated'),
        ('ssda903_header', 'ssda903_header', 'repeated'),
        ('ssda903_uasc', 'ssda903_uasc', 'repeated'),
        ('ssd_missing', 'ssd_missing', 'repeated'),
        ('ssd_cla_episodes', 'ssd_cla_episodes', 'repeated'),
        ('ssd_person', 'ssd_person', 'repeated'),
        ('ssd_legal_status', 'ssd_cla_episodes', 'counted'),
        ('ssd_cla_placement', 'ssd_cla_episodes', 'counted'),
        ('ssd_immigration_status', null, 'left_out'),
        ('return_interviews', null, 'left_out')
    ) as accounts (raw_table, used_with, otherwise)
    left join {{ ref('int_module_sources') }} as module_sources
        on accounts.used_with = module_sources.raw_table

),

occasions as (select * from {{ ref('fct_missing_occasions') }}),

later_rows as (

    select
        occasion_rows.raw_table,
        occasion_rows.source_file,
        occasion_rows.source_row,
        occasions.outcome
    from {{ ref('int_occasion_rows') }} as occasion_rows
    left join occasions
        on
            occasion_rows.collection_year = occasions.collection_year
            and occasion_rows.source_file = occasions.source_file
            and occasion_rows.source_row = occasions.source_row

    union all

    select
        raw_table,
        source_file,
        source_row,
        case when is_short_break then 'left_out' else 'counted' end as outcome
    from {{ ref('int_care_episodes') }}

    union all

    select
        raw_table,
        source_file,
        source_row,
        'counted' as outcome
    from {{ ref('int_children') }}

    union all

    -- One immigration status may give the child's status in several years.
    select distinct
        raw_table,
        source_file,
        source_row,
        'counted' as outcome
    from {{ ref('int_uasc_status') }}

    union all

    select
        'return_interviews' as raw_table,
        interviews.source_file,
        interviews.source_row,
        occasions.outcome
    from {{ ref('int_interviews_linked') }} as interviews
    inner join occasions
        on
            interviews.child_id = occasions.child_id
            and interviews.started_on = occasions.started_on
            and interviews.occasion_number = occasions.occasion_number

),

final as (

    select
        judged_rows.raw_table,
        judged_rows.collection_year,
        judged_rows.source_file,
        judged_rows.source_row,
        case
            when judged_rows.reject_code is not null then 'rejected'
            when judged_rows.is_repeated then 'repeated'
            when accounts.is_unused or judged_rows.says_nothing then 'left_out'
            else coalesce(later_rows.outcome, accounts.otherwise)
        end as outcome
    from judged_rows
    left join accounts on judged_rows.raw_table = accounts.raw_table
    left join later_rows
        on
            judged_rows.raw_table = later_rows.raw_table
            and judged_rows.source_file = later_rows.source_file
            and judged_rows.source_row = later_rows.source_row

)

select * from final
