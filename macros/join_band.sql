{#- Joins the stretch of `int_bands`, imported as `bands`, in which a number lies; its `categories` are those of
    the breakdown. It is called by the breakdown with `_stretch` behind it. -#}
{% macro join_band(breakdown, number) -%}
    left join bands as {{ breakdown }}_stretch
        on
            {{ breakdown }}_stretch.breakdown = '{{ breakdown }}'
            and {{ number }} >= {{ breakdown }}_stretch.lowest
            and {{ number }} <= {{ breakdown }}_stretch.highest
{%- endmacro %}
