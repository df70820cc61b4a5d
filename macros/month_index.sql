{#- Months since the year 0, so that months can be added: April 2017 is 2017 * 12 + 3. -#}
{% macro month_index(day) -%}
    (year({{ day }}) * 12 + month({{ day }}) - 1)
{%- endmacro %}
