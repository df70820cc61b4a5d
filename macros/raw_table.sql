{#- Where a raw table is read from: the demonstration seeds, or the folder FOI_EXTRACTS names. -#}
{% macro raw_table(name) %}
    {%- if env_var('FOI_EXTRACTS', '') == '' -%}
        {{ ref(name) }}
    {%- else -%}
        {{ landed_table(source('extracts', name)) }}
    {%- endif -%}
{% endmacro %}
