{#- Whether the first array holds every element of the second. -#}
{% macro holds_all(elements, wanted) %}
    {{- adapter.dispatch('holds_all', 'missing_from_care')(elements, wanted) -}}
{% endmacro %}

{% macro duckdb__holds_all(elements, wanted) -%}
    list_has_all({{ elements }}, {{ wanted }})
{%- endmacro %}

{% macro spark__holds_all(elements, wanted) -%}
    size(array_except({{ wanted }}, {{ elements }})) = 0
{%- endmacro %}
