{#- The code of the council whose folder a file was landed from; null where one council is landed alone. -#}
{% macro council_of(source_file) -%}
    nullif(regexp_extract({{ source_file }}, '^([0-9]{3})/', 1), '')
{%- endmacro %}
