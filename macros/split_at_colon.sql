{#- The words on either side of the colon in `breakdown:category`. -#}
{% macro split_at_colon(text, side) -%}
    regexp_extract({{ text }}, '^([^:]*):?(.*)$', {{ side }})
{%- endmacro %}
