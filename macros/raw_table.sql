{#- Where a raw table is read from: the demonstration seeds, or the folder FOI_EXTRACTS names. What the
    register asks for is judged before any return is read, so that a wrong word is told in seconds; the
    list of landed modules alone is needed to judge it. -#}
{% macro raw_table(name) %}
    {%- if name != 'landed_modules' -%}
        {%- do ref('dq_request_register') -%}
        {%- do ref('int_question_faults') -%}
    {%- endif -%}
    {%- if env_var('FOI_EXTRACTS', '') != '' -%}
        {{ landed_table(source('extracts', name)) }}
    {%- elif name.startswith('ssd_') -%}
        {{ empty_table(name) }}
    {%- else -%}
        {{ ref(name) }}
    {%- endif -%}
{% endmacro %}

{#- A raw table without rows: the demonstration has no case-management extract. -#}
{% macro empty_table(name) -%}
    (
        select
            {%- for column in raw_columns(name) %}
            cast(null as string) as {{ column }}{{ ',' if not loop.last }}
            {%- endfor %}
        where false
    )
{%- endmacro %}

{#- The columns of a raw table, known once every file is read. -#}
{% macro raw_columns(name) %}
    {%- set tables = graph.sources.values() | selectattr('name', 'equalto', name) if execute else [] -%}
    {%- for table in tables -%}
        {{- return(table.columns | list) -}}
    {%- endfor -%}
    {{- return([]) -}}
{% endmacro %}
