{#- An element of an array, counted from 1; null beyond its end. -#}
{% macro element_at(elements, position) %}
    {{- adapter.dispatch('element_at', 'missing_from_care')(elements, position) -}}
{% endmacro %}

{% macro duckdb__element_at(elements, position) -%}
    list_extract({{ elements }}, {{ position }})
{%- endmacro %}

{% macro spark__element_at(elements, position) -%}
    try_element_at({{ elements }}, cast({{ position }} as int))
{%- endmacro %}
