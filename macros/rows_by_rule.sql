{#- From one row per source row, where the column `rule_574` says what was found by rule 574 or is
    null, to one row per finding. -#}
{% macro rows_by_rule(judged_rows, rule_codes) -%}
    {%- for rule_code in rule_codes %}
    select
        '{{ rule_code }}' as rule_code,
        collection_year,
        source_file,
        source_row,
        child_id,
        rule_{{ rule_code | lower }} as found
    from {{ judged_rows }}
    where rule_{{ rule_code | lower }} is not null
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}
