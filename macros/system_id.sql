{#- An identifier that a case-management system gives a row, without the .0 of a column that was read as
    numbers. -#}
{% macro system_id(column) -%}
    regexp_replace({{ source_text(column) }}, '[.]0+$', '')
{%- endmacro %}
