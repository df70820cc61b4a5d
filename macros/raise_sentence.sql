{#- Fails the statement with a sentence for the person who can mend it. It belongs into a `where`: dbt
    counts a test's rows, so that nothing else of them is ever evaluated. Its beginning tells it from
    the errors of the engine, which quote values of children and are never passed on. -#}
{% macro raise_sentence(sentence) %}
    {{- adapter.dispatch('raise_sentence', 'missing_from_care')(sentence) -}}
{% endmacro %}

{% macro duckdb__raise_sentence(sentence) -%}
    error('To mend: ' || {{ sentence }})
{%- endmacro %}

{% macro spark__raise_sentence(sentence) -%}
    raise_error(concat('To mend: ', {{ sentence }}))
{%- endmacro %}
