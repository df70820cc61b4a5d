{#- The file by which a council replaces a rule seed: of the same name, in the folder of FOI_SETTINGS;
    empty if there is none. It is looked for when a statement is rendered. -#}
{% macro settings_file(name) -%}
    {%- set file = env_var('FOI_SETTINGS', '') ~ '/' ~ name ~ '.csv' -%}
    {%- if execute and env_var('FOI_SETTINGS', '') != '' and run_query(
        "select count(*) > 0 from glob('" ~ literal_pattern(file) ~ "')"
    ).rows[0][0] -%}
        {{- return(file) -}}
    {%- endif -%}
    {{- return('') -}}
{%- endmacro %}

{#- The folder with a council's own register; empty if the project's is read. -#}
{% macro requests_folder() -%}
    {%- set settings = env_var('FOI_SETTINGS', '') -%}
    {{ env_var('FOI_REQUESTS', '') or (settings ~ '/requests' if settings else '') }}
{%- endmacro %}

{#- Refuses a file of FOI_SETTINGS that would replace nothing. -#}
{% macro check_settings() %}
    {%- set folder = env_var('FOI_SETTINGS', '') -%}
    {%- if execute and folder != '' -%}
        {%- if target.type != 'duckdb' -%}
            {%- do stop_with(
                'FOI_SETTINGS is read on DuckDB alone: on ' ~ target.type
                ~ ', put your rows into seeds/rules of a checkout of your own.'
            ) -%}
        {%- endif -%}
        {%- set seeds = graph.nodes.values()
            | selectattr('resource_type', 'equalto', 'seed') | map(attribute='name') | list -%}
        {%- set found = run_query(
            "select parse_filename(file, true) from glob('" ~ literal_pattern(folder)
            ~ "/*.csv') order by all"
        ).rows -%}
        {%- for row in found if row[0] not in seeds -%}
            {%- set nearest = run_query(
                "select name from (values ('" ~ seeds | join("'), ('") ~ "')) as seeds (name) "
                ~ "order by levenshtein(name, '" ~ row[0] | replace("'", "''") ~ "'), name limit 1"
            ).rows[0][0] -%}
            {%- do stop_with(
                folder ~ '/' ~ row[0] ~ '.csv replaces no rule: did you mean ' ~ nearest
                ~ '.csv? docs/settings.md lists the files of FOI_SETTINGS.'
            ) -%}
        {%- endfor -%}
        {%- if not found -%}
            {%- do stop_with(
                'FOI_SETTINGS names ' ~ folder ~ ', where no settings are: make them with '
                ~ 'scripts/set_up.py, or unset it for the demonstration.'
            ) -%}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}

{#- Stops dbt with a sentence where no statement is at hand that could raise it. -#}
{% macro stop_with(sentence) %}
    {%- set text = "'" ~ sentence | replace("'", "''") ~ "'" -%}
    {%- do run_query('select 1 as stopped where ' ~ raise_sentence(text) ~ ' is not null') -%}
{% endmacro %}
