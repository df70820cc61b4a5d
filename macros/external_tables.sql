{#- Makes the files of FOI_EXTRACTS and FOI_REQUESTS tables, for an engine that cannot read a file in
    a `from`. -#}
{% macro external_tables() %}
    {{- adapter.dispatch('external_tables', 'missing_from_care')() -}}
{% endmacro %}

{% macro duckdb__external_tables() %}{% endmacro %}

{#- A table is a file NAME.csv, whose columns go by the names in its first line, all text, and nothing
    else is sniffed; or a folder NAME of Parquet files. -#}
{% macro spark__external_tables() %}
    {%- set folders = {'extracts': 'FOI_EXTRACTS', 'requests': 'FOI_REQUESTS'} -%}
    {%- set tables = graph.sources.values() if execute else [] -%}
    {%- for table in tables if env_var(folders[table.source_name], '') != '' -%}
        {%- set place = env_var(folders[table.source_name]) ~ '/' ~ table.name -%}
        {%- set path = "path '" ~ (place | replace("'", "\\'")) -%}
        {%- set is_parquet = run_query(
            "select max(path) like '%.parquet' from binaryFile.`" ~ place ~ "*`"
        ).rows[0][0] -%}
        {%- do run_query('drop table if exists ' ~ table.relation_name) -%}
        {%- do run_query('create table ' ~ table.relation_name ~ (
            ' using parquet options (' ~ path ~ "')" if is_parquet else
            ' using csv options (' ~ path ~ ".csv', header 'true', multiLine 'true', "
            ~ "quote '\"', escape '\"')"
        )) -%}
    {%- endfor -%}
{% endmacro %}
