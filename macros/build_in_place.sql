{#- Stand in for dbt's own materializations, which build under another name and rename twice: within one
    transaction DuckDB can drop what was there and build in its place. -#}
{% materialization table, adapter='duckdb' -%}
    {{- return(build_in_place('table')) -}}
{%- endmaterialization %}

{% materialization view, adapter='duckdb' -%}
    {{- return(build_in_place('view')) -}}
{%- endmaterialization %}

{% macro build_in_place(kind) %}
    {%- set built = this.incorporate(type=kind) -%}
    {%- set before = load_cached_relation(this) -%}
    {%- set statement_to_build -%}
        {%- if before is not none %} drop {{ before.type }} {{ before }}; {% endif -%}
        {{ create_table_as(false, built, sql) if kind == 'table' else create_view_as(built, sql) }}
    {%- endset -%}
    {%- do run_hooks(pre_hooks, inside_transaction=true) -%}
    {% call statement('main') %}{{ statement_to_build }}{% endcall %}
    {%- if before is not none -%}
        {%- do adapter.cache_dropped(before) -%}
    {%- endif -%}
    {%- do run_hooks(post_hooks, inside_transaction=true) -%}
    {%- do persist_docs(built, model) -%}
    {%- do adapter.commit() -%}
    {{- return({'relations': [built]}) -}}
{% endmacro %}
