{#- The words of a group as one text, in order; null if there is none. -#}
{% macro joined_words(word, order, separator="', '") %}
    {{- adapter.dispatch('joined_words', 'missing_from_care')(word, order, separator) -}}
{% endmacro %}

{% macro duckdb__joined_words(word, order, separator) -%}
    string_agg({{ word }}, {{ separator }} order by {{ order }})
{%- endmacro %}

{% macro spark__joined_words(word, order, separator) -%}
    nullif(
        array_join(
            transform(
                array_sort(collect_list(named_struct('place', {{ order }}, 'word', {{ word }}))),
                element -> element.word
            ),
            {{ separator }}
        ),
        ''
    )
{%- endmacro %}
