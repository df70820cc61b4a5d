{#- A population without the conditions that depend on the period: these are checked per period. -#}
{% macro without_bands(population) %}
    {{- adapter.dispatch('without_bands', 'missing_from_care')(population) -}}
{% endmacro %}

{% macro duckdb__without_bands(population) -%}
    regexp_replace({{ population }}, '(^all$|(duration_band|times_missing_band):[^&]*)', '', 'g')
{%- endmacro %}

{% macro spark__without_bands(population) -%}
    regexp_replace({{ population }}, '(^all$|(duration_band|times_missing_band):[^&]*)', '')
{%- endmacro %}
