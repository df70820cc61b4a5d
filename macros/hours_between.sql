{#- Hours by the clock, with parts of an hour; null if either time is. -#}
{% macro hours_between(first_time, last_time) %}
    {{- adapter.dispatch('hours_between', 'missing_from_care')(first_time, last_time) -}}
{% endmacro %}

{% macro duckdb__hours_between(first_time, last_time) -%}
    (date_diff('second', {{ first_time }}, {{ last_time }}) / 3600.0)
{%- endmacro %}

{% macro spark__hours_between(first_time, last_time) -%}
    (cast(timestampdiff(second, {{ first_time }}, {{ last_time }}) as double) / 3600)
{%- endmacro %}
