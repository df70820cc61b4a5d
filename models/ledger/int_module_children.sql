-- Rules 16 and 17: the children of each module and year, and whether any other module of the
-- council knows them: by their identifiers as they are, and without regard to case and leading
-- zeros. A module is held against others only where the council has a Header or Episodes besides;
-- those two, which alone list every child, against each other of the same year.

{% set modules = {
    'ssda903_header': 'stg_ssda903__header',
    'ssda903_episodes': 'stg_ssda903__episodes',
    'ssda903_missing': 'stg_ssda903__missing',
    'ssda903_uasc': 'stg_ssda903__uasc',
    'ssd_person': 'stg_ssd__person',
    'ssd_cla_episodes': 'stg_ssd__cla_episodes',
    'ssd_missing': 'stg_ssd__missing',
    'ssd_immigration_status': 'stg_ssd__immigration_status',
    'return_interviews': 'stg_return_interviews',
} -%}

with starts as (

    select
        min(started_on) as first_day,
        max(started_on) as last_day
    from (
        select started_on from {{ ref('stg_ssda903__missing') }}
        union all
        select started_on from {{ ref('stg_ssd__missing') }}
    ) as all_starts

),

-- Interviews of years that are not landed speak of children whom nobody knows here.
interviews as (

    select interview_rows.*
    from {{ ref('stg_return_interviews') }} as interview_rows
    inner join starts
        on interview_rows.started_on >= starts.first_day
            and interview_rows.started_on <= starts.last_day

),

children as (

    {% for raw_table, model in modules.items() -%}
        select distinct
            '{{ raw_table }}' as raw_table,
            {{ 'collection_year' if raw_table.startswith('ssda903_') else "'all'" }},
            coalesce({{ council_of('source_file') }}, '') as folder,
            child_id
        from {{ 'interviews' if raw_table == 'return_interviews' else ref(model) }}
        where child_id is not null
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

known as (

    select
        folder,
        child_id,
        upper(regexp_replace(child_id, '^(([0-9]{3})[|])?0*', '')) as relaxed_id,
        min(case when raw_table <> 'return_interviews' then raw_table end) as first_table,
        max(case when raw_table <> 'return_interviews' then raw_table end) as last_table
    from children
    group by folder, child_id

),

known_relaxed as (

    select
        folder,
        relaxed_id,
        min(case when first_table is not null then child_id end) as first_child_id,
        min(first_table) as first_table,
        max(last_table) as last_table
    from known
    group by folder, relaxed_id

),

both_ways as (

    select
        known.folder,
        known.child_id,
        known.first_table,
        known.last_table,
        known_relaxed.first_child_id,
        known_relaxed.first_table as first_table_relaxed,
        known_relaxed.last_table as last_table_relaxed
    from known
    inner join known_relaxed
        on known.folder = known_relaxed.folder and known.relaxed_id = known_relaxed.relaxed_id

),

tables_of_all_children as (

    select
        folder,
        min(raw_table) as first_table,
        max(raw_table) as last_table
    from children
    where raw_table in ('ssda903_header', 'ssda903_episodes', 'ssd_person', 'ssd_cla_episodes')
    group by folder

),

lists_of_years as (

    select distinct
        folder,
        collection_year,
        raw_table
    from children
    where raw_table in ('ssda903_header', 'ssda903_episodes')

),

final as (

    select
        children.raw_table,
        children.collection_year,
        children.folder,
        children.child_id,
        nullif(both_ways.first_child_id, children.child_id) as relaxed_child_id,
        tables_of_all_children.folder is null
        or (
            children.raw_table in ('ssda903_header', 'ssda903_episodes')
            and other_lists.folder is null
        )
        or (
            tables_of_all_children.first_table = children.raw_table
            and tables_of_all_children.last_table = children.raw_table
        )
        or coalesce(
            both_ways.first_table <> children.raw_table
            or both_ways.last_table <> children.raw_table,
            false
        ) as is_known,
        coalesce(
            both_ways.first_table_relaxed <> children.raw_table
            or both_ways.last_table_relaxed <> children.raw_table,
            false
        ) as is_known_relaxed
    from children
    inner join both_ways
        on children.folder = both_ways.folder and children.child_id = both_ways.child_id
    left join tables_of_all_children on children.folder = tables_of_all_children.folder
    left join lists_of_years as other_lists
        on
            children.folder = other_lists.folder
            and children.collection_year = other_lists.collection_year
            and children.raw_table <> other_lists.raw_table
            and children.raw_table in ('ssda903_header', 'ssda903_episodes')

)

select * from final
