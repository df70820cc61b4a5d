{#- The words of a group as one text, in order. -#}
{% macro joined_words(word, order) %}
    {{- adapter.dispatch('joined_words', 'missing_from_care')(word, order) -}}
{% endmacro %}

{% macro duckdb__joined_words(word, order) -%}
    string_agg({{ word }}, ', ' order by {{ order }})
{%- endmacro %}
