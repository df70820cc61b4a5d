{#- Where a raw table is read from: the demonstration seeds, or the folder FOI_EXTRACTS names. What the
    register asks for is judged before any return is read, so that a wrong word is told in seconds; the
    list of landed modules alone is needed to judge it. -#}
{% macro raw_table(name) %}
    {%- if name != 'landed_modules' -%}
        {%- do ref('dq_request_register') -%}
        {%- do ref('int_question_faults') -%}
    {%- endif -%}
    {%- if env_var('FOI_EXTRACTS', '') == '' -%}
        {{ ref(name) }}
    {%- else -%}
        {{ landed_table(source('extracts', name)) }}
    {%- endif -%}
{% endmacro %}
