{#- `a:b&c:d` as an array of its conditions; nothing gives an empty one. -#}
{% macro split_conditions(text) %}
    {{- adapter.dispatch('split_conditions', 'missing_from_care')(text) -}}
{% endmacro %}

{% macro duckdb__split_conditions(text) -%}
    list_filter(string_split({{ text }}, '&'), lambda condition: condition <> '')
{%- endmacro %}

{% macro spark__split_conditions(text) -%}
    filter(split({{ text }}, '&'), condition -> condition <> '')
{%- endmacro %}
