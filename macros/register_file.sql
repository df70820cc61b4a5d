{#- The file of the register that a message names. -#}
{% macro register_file(name) -%}
    {{ env_var('FOI_REQUESTS', '') | replace("'", "''") or 'seeds/requests' }}/{{ name }}.csv
{%- endmacro %}
