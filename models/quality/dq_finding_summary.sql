-- The findings added up by rule, by collection year and by file; each group with its commonest rule
-- and the first row that breaks it, one that nobody has accepted yet if there is any.

{% set groupings = ['rule_code', 'collection_year', 'source_file'] -%}

with findings as (select * from {{ ref('dq_findings') }}),

rules as (select * from {{ ref('validation_rules') }}),

grouped as (

    {% for grouping in groupings -%}
        select
            '{{ grouping }}' as grouped_by,
            coalesce({{ grouping }}, '') as group_value,
            *
        from findings
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor %}
),

numbered as (

    select
        *,
        count(*) over (partition by grouped_by, group_value, rule_code) as of_this_rule
    from grouped

),

ranked as (

    select
        *,
        row_number() over (
            partition by grouped_by, group_value
            order by
                of_this_rule desc,
                rule_code asc,
                is_accepted asc,
                source_file asc nulls last,
                source_row asc nulls last
        ) as example_rank
    from numbered

),

totals as (

    select
        grouped_by,
        group_value,
        count(*) as findings,
        count(case when is_accepted then 1 end) as accepted,
        count(distinct rule_code) as rules,
        count(distinct source_file || '|' || source_row) as rows_with_findings,
        count(case when effect = 'rejected' then 1 end) as rejected,
        count(case when effect = 'repeated' then 1 end) as repeated,
        count(case when effect = 'left_out' then 1 end) as left_out,
        count(case when effect = 'counted' then 1 end) as counted
    from grouped
    group by grouped_by, group_value

)

select
    cast(totals.grouped_by as string) as grouped_by,
    cast(totals.group_value as string) as group_value,
    cast(totals.findings as bigint) as findings,
    cast(totals.accepted as bigint) as accepted,
    cast(totals.rules as bigint) as rules,
    cast(totals.rows_with_findings as bigint) as rows_with_findings,
    cast(totals.rejected as bigint) as rejected,
    cast(totals.repeated as bigint) as repeated,
    cast(totals.left_out as bigint) as left_out,
    cast(totals.counted as bigint) as counted,
    cast(ranked.rule_code as string) as commonest_rule,
    cast(ranked.of_this_rule as bigint) as of_this_rule,
    cast(ranked.severity as string) as severity,
    cast(ranked.raw_table as string) as raw_table,
    cast(rules.finding as string) as rule_finds,
    cast(rules.what_to_do as string) as what_to_do,
    cast(rules.authority as string) as authority,
    cast(ranked.source_file as string) as example_file,
    cast(ranked.source_row as int) as example_row,
    cast(ranked.child_id as string) as example_child,
    cast(ranked.finding as string) as example_finding
from totals
inner join ranked
    on
        totals.grouped_by = ranked.grouped_by
        and totals.group_value = ranked.group_value
        and ranked.example_rank = 1
left join rules on ranked.rule_code = rules.rule_code
