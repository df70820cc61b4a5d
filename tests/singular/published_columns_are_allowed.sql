-- Analysts get no column that published_tables does not name: a new one could be of one child.
{% set tables = [
    'foi_q1_missing_occasions',
    'foi_q2_harm_while_missing',
    'foi_q3_uasc_children',
    'foi_q4_uasc_missing_occasions',
    'foi_answers',
    'dim_financial_years',
    'dim_working_days',
    'definitions',
    'measures',
    'thresholds',
    'stg_rules__published_statistics',
    'foi_deadlines',
    'int_deadline_days',
    'foi_deadline_states',
    'dq_row_accounting',
    'dq_published_comparison',
    'dq_source_comparison',
    'dq_finding_counts',
    'occasions_without_identifiers',
] %}

with allowed as (select * from {{ ref('published_tables') }}),

found as (

    {% for table in tables %}
        {% for column in adapter.get_columns_in_relation(ref(table)) %}
            select
                '{{ table }}' as table_name,
                '{{ column.name }}' as column_name
            union all
        {% endfor %}
    {% endfor %}
    select
        table_name,
        null as column_name
    from allowed

),

judged as (

    select
        found.table_name,
        case
            when
                allowed.table_name is null
                or instr(' ' || allowed.columns || ' ', ' ' || found.column_name || ' ') = 0
                then
                    'The column ' || found.column_name || ' of ' || found.table_name
                    || ' may not be published: name it in seeds/rules/published_tables.csv'
                    || ' if nothing in it is of one child, or leave it out of the model.'
            when
                found.table_name not in (
                    {% for table in tables %}
                        '{{ table }}'{{ ',' if not loop.last }}
                    {% endfor %}
                )
                then
                    found.table_name || ' of seeds/rules/published_tables.csv is not in the test'
                    || ' published_columns_are_allowed: add it there.'
        end as problem
    from found
    left join allowed on found.table_name = allowed.table_name

)

select table_name
from judged
where case when problem is not null then {{ raise_sentence('problem') }} end is not null
