{#- Where the register is read from: the project's seeds, or the folder that FOI_REQUESTS names. Beside
    its own columns stands source_row, 1 for the first row below the header. A council's own register may
    lack the columns that are `optional`. -#}
{% macro request_table(name, columns, optional=[]) %}
    {%- set folder = requests_folder() | trim -%}
    {%- if folder == '' -%}
        {{ numbered_rows(ref(name)) }}
    {%- else -%}
        {{ register_table(source('requests', name), folder ~ '/' ~ name ~ '.csv', columns, optional) }}
    {%- endif -%}
{% endmacro %}

{% macro numbered_rows(relation) %}
    {{- adapter.dispatch('numbered_rows', 'missing_from_care')(relation) -}}
{% endmacro %}

{% macro duckdb__numbered_rows(relation) -%}
    (select *, row_number() over () as source_row from {{ relation }})
{%- endmacro %}

{#- Spark does not say in which order it read the rows: a message then names the request alone. -#}
{% macro spark__numbered_rows(relation) -%}
    (select *, cast(null as bigint) as source_row from {{ relation }})
{%- endmacro %}

{% macro register_table(relation, file, columns, optional) %}
    {{- adapter.dispatch('register_table', 'missing_from_care')(
        relation, file, columns, optional
    ) -}}
{% endmacro %}

{% macro duckdb__register_table(_relation, file, columns, optional) %}
    {%- set found = execute and run_query(
        "select count(*) > 0 from glob('" ~ literal_pattern(file) ~ "')"
    ).rows[0][0] -%}
    {%- if found or not execute -%}
        {{ register_rows(file, columns + optional, columns) }}
    {%- else -%}
        {%- set fault = file ~ ' is not there: put the register there, or name its folder with FOI_REQUESTS.' -%}
        (select {{ raised_values("'" ~ fault | replace("'", "''") ~ "'", columns + optional) }}, 1 as source_row)
    {%- endif -%}
{% endmacro %}

{% macro spark__register_table(relation, _file, _columns, _optional) -%}
    {{ numbered_rows(relation) }}
{%- endmacro %}
