{#- A rule seed that a council replaces is read from its own file, as a spreadsheet saved it. Every row
    that the program needs must be there: a new version may need one more. The project's own seeds are
    copied by a statement of its own, since dbt-duckdb's stops at an apostrophe in the checkout's path. -#}
{% macro duckdb__load_csv_rows(model, agate_table) %}
    {%- set file = settings_file(model.name) -%}
    {%- if file == '' -%}
        {%- set statement -%}
            copy {{ this.render() }} from '{{ literal_pattern(adapter.get_seed_file_path(model)) }}'
            (format csv, header true, delimiter ',')
        {%- endset -%}
        {%- do adapter.add_query(statement, abridge_sql_log=True) -%}
        {{- return(statement) -}}
    {%- endif -%}
    {%- set columns = agate_table.column_names | list -%}
    {%- set statement -%}
        insert into {{ this.render() }} ({{ columns | join(', ') }})
        select
            {% for column in columns -%}
                nullif(trim({{ column }}), ''){{ ', ' if not loop.last }}
            {%- endfor %}
        from {{ register_rows(file, columns, columns) }}
        order by source_row
    {%- endset -%}
    {%- do adapter.add_query(statement, abridge_sql_log=True) -%}
    {%- set key = model.config.meta.get('every_row') -%}
    {%- if key -%}
        {%- set own = run_query('select ' ~ key ~ ' from ' ~ this.render()).columns[0].values() -%}
        {%- for row in agate_table.rows if row[key] not in own -%}
            {%- set values = [] -%}
            {%- for value in row -%}
                {%- do values.append('"' ~ (value or '') | replace('"', '""') ~ '"') -%}
            {%- endfor -%}
            {#- What a council settles itself is not taken from the demonstration. -#}
            {%- do stop_with(
                file ~ ' has no row ' ~ row[key] ~ ', which this version needs: '
                ~ (
                    '`scripts/set_up.py DIR --check` says the line to add.'
                    if model.name in var('settled_by_the_council')
                    else 'add the line ' ~ values | join(',')
                )
            ) -%}
        {%- endfor -%}
    {%- endif -%}
    {{- return(statement) -}}
{% endmacro %}

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
