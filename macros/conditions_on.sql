{#- The conditions of a population that begin so, as an array: those on one breakdown. -#}
{% macro conditions_on(population, beginning) %}
    {{- adapter.dispatch('conditions_on', 'missing_from_care')(population, beginning) -}}
{% endmacro %}

{% macro duckdb__conditions_on(population, beginning) -%}
    list_filter(
        string_split({{ population }}, '&'),
        lambda condition: starts_with(condition, {{ beginning }})
    )
{%- endmacro %}

{% macro spark__conditions_on(population, beginning) -%}
    filter(split({{ population }}, '&'), condition -> startswith(condition, {{ beginning }}))
{%- endmacro %}
