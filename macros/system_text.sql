{#- Text from a case-management system's export: the word NULL, which SQL Server writes, is blank. -#}
{% macro system_text(column) -%}
    nullif({{ clean_text(column) }}, 'NULL')
{%- endmacro %}
