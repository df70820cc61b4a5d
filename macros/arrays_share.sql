{#- Whether two arrays have an element in common. -#}
{% macro arrays_share(one, other) %}
    {{- adapter.dispatch('arrays_share', 'missing_from_care')(one, other) -}}
{% endmacro %}

{% macro duckdb__arrays_share(one, other) -%}
    list_has_any({{ one }}, {{ other }})
{%- endmacro %}

{% macro spark__arrays_share(one, other) -%}
    arrays_overlap({{ one }}, {{ other }})
{%- endmacro %}
