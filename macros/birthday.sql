{#- The birthday at an age; a birthday on 29 February falls on 1 March in other years. -#}
{% macro birthday(birth_date, age) -%}
    cast(
        make_date(cast(year({{ birth_date }}) + {{ age }} as int), cast(month({{ birth_date }}) as int), 1)
        + cast(day({{ birth_date }}) - 1 as int)
        as date
    )
{%- endmacro %}
