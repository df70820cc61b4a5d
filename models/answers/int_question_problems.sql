-- What keeps a question from being answered, in a sentence: it cannot be read, or no return is
-- landed for it. A period before the earliest return that is held needs none: the answer says so.

with questions as (select * from {{ ref('stg_foi_request_questions') }}),

question_faults as (select * from {{ ref('int_question_faults') }}),

question_periods as (select * from {{ ref('int_question_periods') }}),

financial_years as (select * from {{ ref('dim_financial_years') }}),

earliest_held as (

    select try_cast(value as date) as holds_from
    from {{ ref('authority') }}
    where setting = 'holds_from'

),

periods_landed as (

    select
        question_periods.period_basis,
        question_periods.first_period,
        question_periods.last_period,
        question_periods.period,
        question_periods.period_start,
        question_periods.period_end,
        count(financial_years.financial_year) as years_landed
    from question_periods
    left join financial_years
        on
            financial_years.first_day <= question_periods.period_end
            and financial_years.last_day >= question_periods.period_start
    group by all

),

years_landed as (

    select {{ joined_words('financial_year', 'financial_year') }} as listed
    from financial_years

),

landing_sentences as (

    select
        questions.request_ref,
        questions.question_no,
        questions.part,
        concat(
            {{ question_named('questions') }},
            'no return is landed for ',
            {{ joined_words('periods_landed.period', 'periods_landed.period_start') }},
            '. Landed are: ',
            coalesce(max(years_landed.listed), 'none'),
            '. Land the returns, ask for other periods, or say by holds_from of authority.csv ',
            'since when returns are held.'
        ) as sentence
    from questions
    inner join periods_landed using (period_basis, first_period, last_period)
    cross join years_landed
    left join earliest_held on periods_landed.period_end < earliest_held.holds_from
    where periods_landed.years_landed = 0 and earliest_held.holds_from is null
    group by
        questions.request_ref,
        questions.question_no,
        questions.part,
        questions.measure,
        questions.breakdown,
        questions.population

),

final as (

    select
        'not_read' as kind,
        request_ref,
        question_no,
        part,
        sentence
    from question_faults

    union all

    select distinct
        'not_landed' as kind,
        *
    from landing_sentences

)

select * from final
