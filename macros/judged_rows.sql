{#- One row per landed row, of every table, as the models see it that judge the rows.

    `columns` are those of the models; `by_table` gives by the name of another its expression for some
    tables, false for the rest. -#}
{% macro judged_rows(columns, by_table={}) -%}
    {%- set models = {
        'ssda903_header': 'int_header_rows_judged',
        'ssda903_episodes': 'int_episode_rows_judged',
        'ssda903_missing': 'int_missing_rows_judged',
        'ssda903_uasc': 'int_uasc_rows_judged',
        'return_interviews': 'int_interview_rows_judged',
        'ssd_person': 'int_case_person_rows_judged',
        'ssd_missing': 'int_case_missing_rows_judged',
        'ssd_cla_episodes': 'int_case_episode_rows_judged',
        'ssd_immigration_status': 'int_case_immigration_rows_judged',
        'ssd_legal_status': 'int_case_legal_status_rows_judged',
        'ssd_cla_placement': 'int_case_placement_rows_judged',
    } -%}
    {%- for raw_table, model in models.items() %}
        select
            '{{ raw_table }}' as raw_table,
            {{ year_of_table(raw_table) }} as collection_year,
            source_file,
            source_row,
            {%- for name, expressions in by_table.items() %}
            {{ expressions[raw_table] or 'false' }} as {{ name }},
            {%- endfor %}
            {{ columns | join(', ') }}
        from {{ ref(model) }}
        {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- Only the tables of the returns have a year. -#}
{% macro year_of_table(raw_table) -%}
    {{ 'collection_year' if raw_table.startswith('ssda903_') else "'all'" }}
{%- endmacro %}
