{#- A source value as a finding shows it: a value may be as long as a file, and a sentence may not. -#}
{% macro shown(column) -%}
    coalesce(left({{ column }}, 60), 'blank')
{%- endmacro %}
