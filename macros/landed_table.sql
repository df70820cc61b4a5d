{% macro landed_table(relation) %}
    {{- adapter.dispatch('landed_table', 'missing_from_care')(relation) -}}
{% endmacro %}

{#- Nothing is sniffed: with auto-detection one ragged line turns a file into one column. -#}
{% macro duckdb__landed_table(relation) %}
    {%- set columns = [] -%}
    {%- if execute -%}
        {%- for table in graph.sources.values() if table.name == relation.identifier -%}
            {%- for column in table.columns -%}
                {%- do columns.append("'" ~ column ~ "': 'varchar'") -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set file = env_var('FOI_EXTRACTS') ~ '/' ~ relation.identifier ~ '.csv' -%}
    read_csv(
        '{{ file | replace("'", "''") }}',
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
