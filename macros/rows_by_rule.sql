{#- One row per finding, from models with one row per landed row whose column `rule_574` says what rule
    574 found in it, or is null. `models` are the raw table, the model and its rules, of each. -#}
{% macro rows_by_rule(models) -%}
    {%- for raw_table, model, rule_codes in models %}
        select * from (
            select
                rules.rule_code,
                '{{ raw_table }}' as raw_table,
                {{ year_of_table(raw_table) }} as collection_year,
                source_file,
                source_row,
                child_id,
                case rules.rule_code
                    {%- for rule_code in rule_codes.split(' ') %}
                        when '{{ rule_code }}' then rule_{{ rule_code | lower }}
                    {%- endfor %}
                end as found
            from {{ ref(model) }}
            cross join (values ('{{ rule_codes | replace(" ", "'), ('") }}')) as rules (rule_code)
            where {{ first_broken(rule_codes) }} is not null
        ) as found_in_rows
        where found is not null
        union all
    {%- endfor -%}
{%- endmacro %}

{#- The first of the rules, in their order, that found something; null if none did. -#}
{% macro first_broken(rule_codes) -%}
    case
        {%- for rule_code in rule_codes.split(' ') %}
            when rule_{{ rule_code | lower }} is not null then '{{ rule_code }}'
        {%- endfor %}
    end
{%- endmacro %}

{#- What rule MFC51 finds: the identifier was read as another (rule 17). -#}
{% macro child_read_as_another(recorded, matched) -%}
    case when {{ matched }} <> {{ recorded }}
        then concat('CHILD reads ', {{ shown(recorded) }}, '.') end
{%- endmacro %}
