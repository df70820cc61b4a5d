{#- A text in capitals with one blank between its words and numbers: "Care Order - Sec. 31(a)" is
    CARE ORDER SEC 31 A. -#}
{% macro plain_words(text) %}
    {{- adapter.dispatch('plain_words', 'missing_from_care')(text) -}}
{% endmacro %}

{% macro duckdb__plain_words(text) -%}
    trim(regexp_replace(upper({{ text }}), '[^A-Z0-9]+', ' ', 'g'))
{%- endmacro %}

{% macro spark__plain_words(text) -%}
    trim(regexp_replace(upper({{ text }}), '[^A-Z0-9]+', ' '))
{%- endmacro %}
