{#- The view dbt_build: which run of dbt wrote the warehouse, so that its results can be told from
    another's, and whether the last build passed every check. A build that was broken off did not, and
    neither a run of a part nor one without tests mends what a whole build found.
    `results` are those of the run, at its end; none at its start. -#}
{% macro note_build(results=none) -%}
    {%- set options = invocation_args_dict -%}
    {%- set is_whole = options.which == 'build'
        and not (options.select or options.exclude or options.selector or options.resource_types)
        and 'test' not in options.exclude_resource_types -%}
    {%- set view = api.Relation.create(
        database=target.database, schema=target.schema, identifier='dbt_build'
    ) -%}
    {%- set has_passed = results is not none and (is_whole or has_passed_before(view)) -%}
    {%- set faults = (results or []) | selectattr('status', 'in', ['error', 'fail', 'skipped']) -%}
    {%- if is_whole or results is not none -%}
        create or replace view {{ view }} as select
            '{{ invocation_id }}' as invocation_id,
            {{ has_passed and not (faults | list) }} as has_passed
    {%- endif -%}
{%- endmacro %}

{% macro has_passed_before(view) -%}
    {#- A warehouse of an earlier version has the view without the column. -#}
    {%- set is_there = execute and load_relation(view) is not none -%}
    {%- set columns = run_query('describe ' ~ view).rows | map('first') if is_there else [] -%}
    {{- return(
        'has_passed' in (columns | list) and run_query('select has_passed from ' ~ view).rows[0][0]
    ) -}}
{%- endmacro %}
