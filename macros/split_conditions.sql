{#- `a:b&c:d` as an array of its conditions, `a|b` of its categories; nothing gives an empty one. -#}
{% macro split_conditions(text, separator="'&'") %}
    {{- adapter.dispatch('split_conditions', 'missing_from_care')(text, separator) -}}
{% endmacro %}

{% macro duckdb__split_conditions(text, separator) -%}
    list_filter(string_split({{ text }}, {{ separator }}), lambda condition: condition <> '')
{%- endmacro %}

{% macro spark__split_conditions(text, separator) -%}
    filter(split({{ text }}, concat('[', {{ separator }}, ']')), condition -> condition <> '')
{%- endmacro %}
