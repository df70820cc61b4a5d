{#- The day from which working days left are counted: the variable `as_of`, else today. -#}
{% macro as_of_day() -%}
    {%- if var('as_of', '') == '' -%} current_date
    {%- else -%} cast('{{ var("as_of") }}' as date)
    {%- endif -%}
{%- endmacro %}
