{% set columns = [
    'request_ref', 'question_no', 'part', 'wording', 'measure', 'breakdown', 'population',
    'period_basis', 'first_period', 'last_period'
] -%}

with question_rows as (

    select * from {{ request_table('foi_request_questions', columns) }}

),

final as (

    select
        {{ clean_text('request_ref') }} as request_ref,
        {{ clean_text('question_no') }} as question_no,
        coalesce({{ clean_text('part') }}, '') as part,
        {{ clean_text('wording') }} as wording,
        lower({{ clean_text('measure') }}) as measure,
        coalesce(lower({{ clean_text('breakdown') }}), 'none') as breakdown,
        coalesce(lower(replace({{ clean_text('population') }}, ' ', '')), 'all') as population,
        lower({{ clean_text('period_basis') }}) as period_basis,
        {{ clean_text('first_period') }} as first_period,
        coalesce({{ clean_text('last_period') }}, {{ clean_text('first_period') }}) as last_period,
        source_row
    from question_rows
    where
        coalesce(
            {% for column in columns -%}
                {{ clean_text(column) }}{{ ',' if not loop.last }}
            {% endfor -%}
        ) is not null

)

select * from final
