-- What a council must settle before figures of real children are released: each cell of its own
-- settings that begins with a question mark, and each setting that is still the demonstration's.

{% set needed = var('settled_by_the_council') -%}

with questions as (

    {% for name in needed %}
        {%- set seed = ref(name) %}
        {%- set file = settings_file(name) | replace("'", "''") %}
        {%- set columns = adapter.get_columns_in_relation(seed) if execute else [] %}
        {%- for column in columns if file %}
            select
                '{{ name }}' as rule_seed,
                '{{ file }}' as settings_file,
                {{ columns[0].name }} as row_name,
                '{{ column.name }}' as column_name,
                ltrim(substring({{ column.name }}, 2)) as question
            from {{ seed }}
            where left({{ column.name }}, 1) = '?'
            union all
        {%- endfor %}
        {%- if not file %}
            select
                '{{ name }}' as rule_seed,
                'seeds/rules/{{ name }}.csv' as settings_file,
                cast(null as string) as row_name,
                cast(null as string) as column_name,
                cast(null as string) as question
            union all
        {%- endif %}
    {%- endfor %}
    select
        cast(null as string) as rule_seed,
        cast(null as string) as settings_file,
        cast(null as string) as row_name,
        cast(null as string) as column_name,
        cast(null as string) as question
    where false

)

select
    cast(rule_seed as string) as rule_seed,
    cast(settings_file as string) as settings_file,
    cast(row_name as string) as row_name,
    cast(column_name as string) as column_name,
    cast(question as string) as question
from questions
order by rule_seed, row_name, column_name
