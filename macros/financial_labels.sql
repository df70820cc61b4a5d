{#- Rule 1: 1 April to 31 March, written 2017/18; its quarters 2017/18 Q1. -#}
{% macro financial_year(day) -%}
    concat(
        cast(year({{ day }}) - case when month({{ day }}) < 4 then 1 else 0 end as string),
        '/',
        right(
            cast(year({{ day }}) + case when month({{ day }}) < 4 then 0 else 1 end as string), 2
        )
    )
{%- endmacro %}

{% macro financial_quarter(day) -%}
    concat(
        {{ financial_year(day) }},
        ' Q',
        cast(
            case
                when month({{ day }}) < 4 then 4
                when month({{ day }}) < 7 then 1
                when month({{ day }}) < 10 then 2
                else 3
            end as string
        )
    )
{%- endmacro %}
