{#- The first day of a month that is counted from the year 0: April 2017 is 2017 * 12 + 3. -#}
{% macro month_start(month_index) -%}
    make_date(
        cast(floor(({{ month_index }}) / 12.0) as int),
        cast(({{ month_index }}) - 12 * floor(({{ month_index }}) / 12.0) as int) + 1,
        1
    )
{%- endmacro %}
