{#- Where the register is read from: the project's seeds, or the folder that FOI_REQUESTS names. -#}
{% macro request_table(name) %}
    {%- if env_var('FOI_REQUESTS', '') == '' -%}
        {{ ref(name) }}
    {%- else -%}
        {{ register_table(source('requests', name)) }}
    {%- endif -%}
{% endmacro %}

{% macro register_table(relation) %}
    {{- adapter.dispatch('register_table', 'missing_from_care')(relation) -}}
{% endmacro %}

{#- Officers edit these files by hand: columns are taken by name, in any order. -#}
{% macro duckdb__register_table(relation) %}
    {%- set file = (env_var('FOI_REQUESTS') ~ '/' ~ relation.identifier ~ '.csv') | replace("'", "''") -%}
    {%- set options = "auto_detect = false, delim = ',', quote = '\"', escape = '\"'" -%}
    {%- set wanted = [] -%}
    {%- set columns = [] -%}
    {%- if execute -%}
        {%- for table in graph.sources.values() if table.name == relation.identifier -%}
            {%- do wanted.extend(table.columns.keys()) -%}
        {%- endfor -%}
        {%- set found = run_query(
            "select string_split(ltrim(content, chr(65279)), chr(10))[1] "
            ~ "from read_text('" ~ file ~ "')"
        ).columns[0].values()[0] -%}
        {%- for column in found.strip().lower().replace('"', '').split(',') -%}
            {%- do columns.append(column.strip()) -%}
        {%- endfor -%}
        {%- for column in wanted if column not in columns -%}
            {%- do exceptions.raise_compiler_error(
                relation.identifier ~ '.csv in the folder of FOI_REQUESTS has no column "' ~ column
                ~ '"; its first line must name: ' ~ wanted | join(', ') ~ '.'
            ) -%}
        {%- endfor -%}
    {%- endif -%}
    (
        select {{ wanted | join(', ') }}
        from read_csv(
            '{{ file }}',
            columns = {
                {%- for column in columns -%}
                    '{{ column }}': 'varchar'{{ ', ' if not loop.last }}
                {%- endfor -%}
            },
            header = true,
            {{ options }}
        )
    )
{% endmacro %}

{% macro spark__register_table(relation) -%}
    {{ relation }}
{%- endmacro %}
