{% macro long_date(day) -%}
    concat(
        cast(day({{ day }}) as string),
        ' ',
        {{ month_name(day) }},
        ' ',
        cast(year({{ day }}) as string)
    )
{%- endmacro %}

{% macro month_name(day) -%}
    case month({{ day }})
        {%- for name in [
            'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September',
            'October', 'November', 'December'
        ] %}
            when {{ loop.index }} then '{{ name }}'
        {%- endfor %}
    end
{%- endmacro %}
