{#- Stands in for dbt-spark's macro of this name, which in a session writes a blank as the text None and
    stops at an apostrophe. -#}
{% macro spark__load_csv_rows(model, agate_table) %}
    {%- set rows = [] -%}
    {%- for row in agate_table.rows -%}
        {%- set values = [] -%}
        {%- for value in row -%}
            {%- do values.append(
                'null' if value is none
                else "'" ~ (value | string | replace("\\", "\\\\") | replace("'", "\\'")) ~ "'"
            ) -%}
        {%- endfor -%}
        {%- do rows.append('(' ~ values | join(', ') ~ ')') -%}
    {%- endfor -%}
    {%- if rows -%}
        {%- do adapter.add_query(
            'insert into ' ~ this.render() ~ ' values ' ~ rows | join(', '), abridge_sql_log=True
        ) -%}
    {%- endif -%}
    {{- return('') -}}
{% endmacro %}
