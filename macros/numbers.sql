{#- The whole numbers from 0 to 999, as a query: an engine's own series would tie a model to it. -#}
{% macro numbers() -%}
    select
        ones.digit + 10 * tens.digit + 100 * hundreds.digit as number
    from (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) as ones (digit)
    cross join (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) as tens (digit)
    cross join (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) as hundreds (digit)
{%- endmacro %}
