{#- A value of a council's own system: what a spreadsheet put around it, '00123 or ="00123", is taken
    off, and a word for nothing is null. `words` are those, from `blank_words`. -#}
{% macro source_text(column, words='blanks.words') %}
    {{- adapter.dispatch('source_text', 'missing_from_care')(column, words) -}}
{% endmacro %}

{% macro default__source_text(column, words) -%}
    {%- set text = trim_white_space(column, "''=" ~ '"') -%}
    nullif(
        case
            when
                -- No word begins with a digit, and most values do.
                left({{ text }}, 1) between '0' and '9'
                or not array_contains({{ words }}, lower({{ text }}))
                then {{ text }}
        end,
        ''
    )
{%- endmacro %}

{#- The words and the days by which systems say that there is nothing, as one row of two lists. -#}
{% macro blank_words() -%}
    select
        array_agg({{ trim_white_space('word', "''") }}) filter (where kind = 'word') as words,
        array_agg(try_cast(word as date)) filter (where kind = 'date') as days
    from {{ ref('blank_words') }}
{%- endmacro %}
