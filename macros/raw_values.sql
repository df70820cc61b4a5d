{#- The values of a row as the source has them, for a person to find and mend. -#}
{% macro raw_values(columns) -%}
    concat_ws(
        '; '
        {%- for column in columns %}
            , '{{ column | upper }}=' || coalesce({{ column }}, '')
        {%- endfor %}
    )
{%- endmacro %}
