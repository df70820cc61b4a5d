{#- A day, its text and its time as they are, unless the day is one of `blank_days`, by which systems say
    that there is nothing: then all are null. The text stays where no day is read in it: blank and
    unreadable are two different faults. -#}
{% macro filled_day(text, day) %}
    {{- adapter.dispatch('filled_day', 'missing_from_care')(text, day) -}}
{% endmacro %}

{% macro default__filled_day(text, day) -%}
    case when not {{ is_blank_day(day) }} then {{ local_day(text, day) }} end
{%- endmacro %}

{% macro filled_text(text, day) -%}
    case when {{ day }} is null or not {{ is_blank_day(day) }} then {{ text }} end
{%- endmacro %}

{% macro filled_time(text, day) %}
    {{- adapter.dispatch('filled_time', 'missing_from_care')(text, day) -}}
{% endmacro %}

{% macro default__filled_time(text, day) -%}
    case when not {{ is_blank_day(day) }} then {{ parse_timestamp(text, day) }} end
{%- endmacro %}

{% macro is_blank_day(day) -%}
    array_contains(blank_days, {{ day }})
{%- endmacro %}
