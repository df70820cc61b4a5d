{#- Of the rows of a part that come before, by start and then by end, the end of the one that ends last,
    with its row, as a text; `ended_before` and `row_before` read it. Without an end it is `never`. -#}
{% macro latest_end_before(partition) -%}
    max(
        cast(coalesce(ended_on, {{ never() }}) as string)
        || lpad(cast(source_row as string), 10, '0')
    ) over (
        partition by {{ partition }}
        order by started_on asc, ended_on asc nulls last, source_row asc
        rows between unbounded preceding and 1 preceding
    )
{%- endmacro %}

{% macro ended_before(latest_end) -%}
    cast(left({{ latest_end }}, 10) as date)
{%- endmacro %}

{% macro row_before(latest_end) -%}
    cast(substring({{ latest_end }}, 11, 10) as int)
{%- endmacro %}

{% macro never() -%}
    cast('9999-12-31' as date)
{%- endmacro %}
