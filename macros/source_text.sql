{#- A value of a council's own system: what a spreadsheet put around it, '00123 or ="00123", is taken
    off, and a word for nothing, by the seed, is null. -#}
{% macro source_text(column) %}
    {{- adapter.dispatch('source_text', 'missing_from_care')(column) -}}
{% endmacro %}

{% macro default__source_text(column) -%}
    {%- set text -%}
        {{ clean_text(
            "regexp_replace(" ~ trim_white_space(column) ~ ", '^(=\"(.*)\"|''(.*))$', '"
            ~ group_reference(2) ~ group_reference(3) ~ "')"
        ) }}
    {%- endset -%}
    case
        when
            length({{ column }}) > 20
            or not array_contains(
                (select array_agg(word) from {{ ref('blank_words') }} where kind = 'word'),
                lower({{ text }})
            )
            then {{ text }}
    end
{%- endmacro %}

{% macro group_reference(number) %}
    {{- adapter.dispatch('group_reference', 'missing_from_care')(number) -}}
{% endmacro %}

{% macro duckdb__group_reference(number) -%}
    \{{ number }}
{%- endmacro %}

{% macro spark__group_reference(number) -%}
    ${{ number }}
{%- endmacro %}
