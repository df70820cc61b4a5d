{#- Fails the statement with a sentence for the person who can mend it; no rows, no failure. -#}
{% macro raise_sentence(sentence) %}
    {{- adapter.dispatch('raise_sentence', 'missing_from_care')(sentence) -}}
{% endmacro %}

{% macro duckdb__raise_sentence(sentence) -%}
    error({{ sentence }})
{%- endmacro %}
