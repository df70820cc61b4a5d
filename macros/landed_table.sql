{% macro landed_table(relation) %}
    {{- adapter.dispatch('landed_table', 'missing_from_care')(relation) -}}
{% endmacro %}

{#- Which form the folder has is asked when a model is rendered, so a partial parse cannot be behind. -#}
{% macro duckdb__landed_table(relation) %}
    {%- set place = (env_var('FOI_EXTRACTS') ~ '/' ~ relation.identifier) | replace("'", "''") -%}
    {%- set parts = "'" ~ (place | replace('[', '[[]')) ~ "/*.parquet'" -%}
    {%- set is_parquet = execute and
        run_query('select count(*) > 0 from glob(' ~ parts ~ ')').rows[0][0] -%}
    {{- 'read_parquet(' ~ parts ~ ')' if is_parquet else landed_csv(relation, place) -}}
{% endmacro %}

{#- Nothing is sniffed: with auto-detection one ragged line turns a file into one column. -#}
{% macro landed_csv(relation, place) %}
    {%- set columns = [] -%}
    {%- for column in raw_columns(relation.identifier) -%}
        {%- do columns.append("'" ~ column ~ "': 'varchar'") -%}
    {%- endfor -%}
    read_csv(
        '{{ place }}.csv',
        columns = { {{- columns | join(', ') -}} },
        auto_detect = false,
        header = true,
        delim = ',',
        quote = '"',
        escape = '"',
        new_line = '\n',
        max_line_size = 20000000,
        buffer_size = 32000000
    )
{% endmacro %}

{% macro spark__landed_table(relation) -%}
    {{ relation }}
{%- endmacro %}
