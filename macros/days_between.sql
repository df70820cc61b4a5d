{% macro days_between(first_day, last_day) %}
    {{- adapter.dispatch('days_between', 'missing_from_care')(first_day, last_day) -}}
{% endmacro %}

{% macro duckdb__days_between(first_day, last_day) -%}
    ({{ last_day }} - {{ first_day }})
{%- endmacro %}

{% macro spark__days_between(first_day, last_day) -%}
    datediff({{ last_day }}, {{ first_day }})
{%- endmacro %}
