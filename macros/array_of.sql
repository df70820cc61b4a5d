{% macro array_of(expressions) %}
    {{- adapter.dispatch('array_of', 'missing_from_care')(expressions) -}}
{% endmacro %}

{% macro duckdb__array_of(expressions) -%}
    [{{ expressions | join(', ') }}]
{%- endmacro %}

{% macro spark__array_of(expressions) -%}
    array({{ expressions | join(', ') }})
{%- endmacro %}
