{#- Rule 17: whether a text can be a child. A number in scientific notation has lost its digits. -#}
{% macro is_identifier(text) -%}
    not {{ matches(text, "'^[0-9]+([.,][0-9]+)?[eE][+-]?[0-9]+$'") }}
{%- endmacro %}
