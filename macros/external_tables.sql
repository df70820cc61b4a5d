{#- Makes the files of FOI_EXTRACTS and FOI_REQUESTS tables, for an engine that cannot read a file in
    a `from`. -#}
{% macro external_tables() %}
    {{- adapter.dispatch('external_tables', 'missing_from_care')() -}}
{% endmacro %}

{% macro duckdb__external_tables() %}{% endmacro %}

{#- Columns go by the names in the first line, all text: nothing else is sniffed. -#}
{% macro spark__external_tables() %}
    {%- set folders = {'extracts': 'FOI_EXTRACTS', 'requests': 'FOI_REQUESTS'} -%}
    {%- set tables = graph.sources.values() if execute else [] -%}
    {%- for table in tables if env_var(folders[table.source_name], '') != '' -%}
        {%- set file = env_var(folders[table.source_name]) ~ '/' ~ table.name ~ '.csv' -%}
        {%- do run_query('drop table if exists ' ~ table.relation_name) -%}
        {%- do run_query(
            'create table ' ~ table.relation_name ~ " using csv options ("
            ~ "path '" ~ (file | replace("'", "\\'")) ~ "', header 'true', multiLine 'true', "
            ~ "quote '\"', escape '\"')"
        ) -%}
    {%- endfor -%}
{% endmacro %}
