-- The demonstration request is answered twice: by the four marts and by foi_answers. Both agree.

{% set routes = [
    ('foi_q1_missing_occasions', '1', {
        'occasions_missing': 'occasions_missing', 'occasions_absent': 'occasions_absent',
        'occasions_missing_or_absent': 'occasions_missing_or_absent',
        'children_missing': 'children_missing',
        'children_missing_or_absent': 'children_missing_or_absent'
    }),
    ('foi_q3_uasc_children', '3', {
        'uasc_children_in_year': 'uasc_children', 'uasc_children_at_31_march': 'uasc_children_at_end',
        'looked_after_in_year': 'children_looked_after',
        'looked_after_at_31_march': 'children_looked_after_at_end'
    }),
    ('foi_q4_uasc_missing_occasions', '4', {
        'occasions_missing': 'occasions_missing', 'occasions_absent': 'occasions_absent',
        'occasions_missing_or_absent': 'occasions_missing_or_absent',
        'children_missing': 'children_missing'
    }),
] %}

with marts as (

    {% for mart, question, columns in routes -%}
        {%- for column, measure in columns.items() -%}
            select
                '{{ question }}' as question_no,
                financial_year as period,
                '{{ measure }}' as measure,
                {{ column }} as value
            from {{ ref(mart) }}
            union all
        {% endfor -%}
    {%- endfor -%}
    select
        '2' as question_no,
        financial_year as period,
        concat('occasions_', outcome) as measure,
        occasions_with_outcome as value
    from {{ ref('foi_q2_harm_while_missing') }}
    {% for column in [
        'occasions_found', 'occasions_with_interview', 'occasions_without_interview'
    ] -%}
        union all
        select
            '2' as question_no,
            financial_year as period,
            '{{ column }}' as measure,
            {{ column }} as value
        from {{ ref('foi_q2_harm_while_missing') }}
        where question_part = 'a'
    {% endfor %}

),

answers as (

    select * from {{ ref('foi_answers') }}
    where request_ref = 'foi-2018-0417'

)

select
    answers.question_no,
    answers.period,
    answers.measure,
    answers.value as value_in_answers,
    marts.value as value_in_marts
from answers
inner join {{ ref('dim_financial_years') }} as financial_years
    on answers.period = financial_years.financial_year
left join marts
    on
        answers.question_no = marts.question_no
        and answers.period = marts.period
        and answers.measure = marts.measure
where
    marts.measure is null
    or answers.value is distinct from marts.value
