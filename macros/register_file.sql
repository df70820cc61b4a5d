{#- The file of the register that a message names. -#}
{% macro register_file(name) -%}
    {{ requests_folder() | replace("'", "''") or 'seeds/requests' }}/{{ name }}.csv
{%- endmacro %}
