{#- Stands in a select list: one row for each day, both bounds included. -#}
{% macro each_day(first_day, last_day) %}
    {{- adapter.dispatch('each_day', 'missing_from_care')(first_day, last_day) -}}
{% endmacro %}

{% macro duckdb__each_day(first_day, last_day) -%}
    cast(unnest(generate_series({{ first_day }}, {{ last_day }}, interval 1 day)) as date)
{%- endmacro %}

{% macro spark__each_day(first_day, last_day) -%}
    explode(sequence({{ first_day }}, {{ last_day }}, interval 1 day))
{%- endmacro %}
