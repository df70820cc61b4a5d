{#- A day and its text as they are, unless the day is a placeholder for nothing by the seed: then both are
    null. The text stays where no day is read in it: blank and unreadable are two different faults. -#}
{% macro filled_day(text, day) %}
    {{- adapter.dispatch('filled_day', 'missing_from_care')(text, day) -}}
{% endmacro %}

{% macro default__filled_day(text, day) -%}
    case when not {{ is_placeholder(day) }} then {{ local_day(text, day) }} end
{%- endmacro %}

{% macro filled_text(text, day) %}
    {{- adapter.dispatch('filled_text', 'missing_from_care')(text, day) -}}
{% endmacro %}

{% macro default__filled_text(text, day) -%}
    case when not {{ is_placeholder(day) }} then {{ text }} end
{%- endmacro %}

{% macro is_placeholder(day) -%}
    coalesce(
        array_contains(
            (
                select array_agg(cast(word as date)) from {{ ref('blank_words') }}
                where kind = 'date'
            ),
            {{ day }}
        ),
        false
    )
{%- endmacro %}

{% macro filled_time(text, day) %}
    {{- adapter.dispatch('filled_time', 'missing_from_care')(text, day) -}}
{% endmacro %}

{% macro default__filled_time(text, day) -%}
    case when not {{ is_placeholder(day) }} then {{ parse_timestamp(text, day) }} end
{%- endmacro %}
