-- Each question's periods and categories with the value it asks for, zeros included, or the marker
-- that says why there is none.

with questions as (

    select * from {{ ref('stg_foi_request_questions') }}

),

measures as (

    select * from {{ ref('measures') }}

),

breakdowns as (

    select * from {{ ref('breakdowns') }}

),

categories as (

    select * from {{ ref('int_categories') }}

),

notes as (

    select * from {{ ref('notes') }}

),

overlapping_breakdowns as (

    select distinct breakdown
    from {{ ref('int_bands') }}
    where is_overlap

),

question_periods as (

    select * from {{ ref('int_question_periods') }}

),

counts as (

    select * from {{ ref('int_answer_counts') }}

),

financial_years as (

    select * from {{ ref('dim_financial_years') }}

),

definitions as (

    select * from {{ ref('stg_rules__definition_by_year') }}

),

numbers as (

    {{ numbers() }}

),

definition_changes as (

    select changed_on
    from (
        select
            valid_from as changed_on,
            definition_id,
            lag(definition_id) over (
                order by valid_from asc nulls first
            ) as previous_definition_id
        from definitions
    ) as definitions_in_order
    where definition_id <> previous_definition_id

),

periods_held as (

    select
        question_periods.period_basis,
        question_periods.first_period,
        question_periods.last_period,
        question_periods.period_order,
        max(case when definition_changes.changed_on is null then 0 else 1 end) = 1 as is_break,
        count(distinct case when financial_years.has_occasions then financial_years.first_day end)
            as years_with_occasions,
        count(distinct case when financial_years.has_care then financial_years.first_day end)
            as years_with_care,
        count(distinct case when financial_years.has_uasc then financial_years.first_day end)
            as years_with_uasc,
        max(case when financial_years.has_interviews then 1 else 0 end) = 1 as has_interviews,
        max(
            cast(
                floor(({{ month_index('question_periods.period_end') }} - 3) / 12.0)
                - floor(({{ month_index('question_periods.period_start') }} - 3) / 12.0) + 1
                as int
            )
        ) as years_needed
    from question_periods
    left join financial_years
        on
            financial_years.first_day <= question_periods.period_end
            and financial_years.last_day >= question_periods.period_start
    left join definition_changes
        on
            definition_changes.changed_on >= question_periods.period_start
            and definition_changes.changed_on <= question_periods.period_end
    group by
        question_periods.period_basis,
        question_periods.first_period,
        question_periods.last_period,
        question_periods.period_order

),

-- Months and quarters are those of the period; all other categories are listed.
months_asked as (

    select distinct
        question_periods.period_start,
        question_periods.period_end,
        numbers.number,
        {{ month_start(month_index('question_periods.period_start') ~ ' + numbers.number') }}
            as month_starts_on
    from question_periods
    inner join numbers
        on
            {{ month_index('question_periods.period_start') }} + numbers.number
            <= {{ month_index('question_periods.period_end') }}

),

labelled_months as (

    select
        *,
        {{ month_name('month_starts_on') }} || ' ' || cast(year(month_starts_on) as string) as label
    from months_asked

),

frames as (

    select
        questions.*,
        question_periods.period,
        question_periods.period_order,
        question_periods.period_start,
        question_periods.period_end,
        question_periods.is_part,
        categories.category,
        categories.label as category_label,
        categories.category_order
    from questions
    inner join question_periods
        on
            questions.period_basis = question_periods.period_basis
            and questions.first_period = question_periods.first_period
            and questions.last_period = question_periods.last_period
    inner join categories on questions.breakdown = categories.breakdown

    union all

    select
        questions.*,
        question_periods.period,
        question_periods.period_order,
        question_periods.period_start,
        question_periods.period_end,
        question_periods.is_part,
        left(cast(months_asked.month_starts_on as string), 7) as category,
        months_asked.label as category_label,
        cast(months_asked.number + 1 as int) as category_order
    from questions
    inner join question_periods
        on
            questions.period_basis = question_periods.period_basis
            and questions.first_period = question_periods.first_period
            and questions.last_period = question_periods.last_period
    inner join labelled_months as months_asked
        on
            question_periods.period_start = months_asked.period_start
            and question_periods.period_end = months_asked.period_end
    where questions.breakdown = 'month'

    union all

    select distinct
        questions.*,
        question_periods.period,
        question_periods.period_order,
        question_periods.period_start,
        question_periods.period_end,
        question_periods.is_part,
        {{ financial_quarter('months_asked.month_starts_on') }} as category,
        {{ financial_quarter('months_asked.month_starts_on') }} as category_label,
        cast(
            floor({{ month_index('months_asked.month_starts_on') }} / 3.0)
            - floor({{ month_index('question_periods.period_start') }} / 3.0) + 1
            as int
        ) as category_order
    from questions
    inner join question_periods
        on
            questions.period_basis = question_periods.period_basis
            and questions.first_period = question_periods.first_period
            and questions.last_period = question_periods.last_period
    inner join months_asked
        on
            question_periods.period_start = months_asked.period_start
            and question_periods.period_end = months_asked.period_end
    where questions.breakdown = 'quarter'

),

joined as (

    select
        frames.*,
        measures.unit,
        cast(measures.measure_order as int) as measure_order,
        measures.counts as fact,
        measures.needs_interviews = 'true' as needs_interviews,
        measures.by_definition = 'true' and periods_held.is_break as is_break,
        measures.unit = 'children'
        and breakdowns.one_category_a_child = 'false' as is_child_in_several_rows,
        measures.unit in ('occasions', 'children')
        and overlapping_breakdowns.breakdown is not null as do_rows_overlap,
        case
            when measures.counts = 'occasion' then true
            when breakdowns.applies_to_care = 'false' then false
            else not {{ matches(
                'frames.population',
                "'(^|&)(duration_band|times_missing_band|counts_as):'"
            ) }}
        end as does_apply,
        (measures.counts = 'care' or periods_held.years_with_occasions = periods_held.years_needed)
        and periods_held.years_with_care = periods_held.years_needed
        and (
            measures.needs_interviews = 'false' or periods_held.has_interviews
        )
        and (
            (
                measures.needs_uasc = 'false'
                and frames.breakdown <> 'uasc'
                and not {{ matches('frames.population', "'(^|&)uasc:'") }}
            )
            or periods_held.years_with_uasc = periods_held.years_needed
        ) as is_held,
        case measures.measure
            {% for measure in answer_measures() -%}
                when '{{ measure }}' then counts.{{ measure }}
            {% endfor -%}
        end as counted
    from frames
    inner join measures on frames.measure = measures.measure
    inner join breakdowns on frames.breakdown = breakdowns.breakdown
    left join overlapping_breakdowns on frames.breakdown = overlapping_breakdowns.breakdown
    inner join periods_held
        on
            frames.period_basis = periods_held.period_basis
            and frames.first_period = periods_held.first_period
            and frames.last_period = periods_held.last_period
            and frames.period_order = periods_held.period_order
    left join counts
        on
            frames.population = counts.population
            and frames.breakdown = counts.breakdown
            and frames.period_start = counts.period_start
            and frames.period_end = counts.period_end
            and (frames.period_basis = 'snapshot') = counts.is_snapshot
            and frames.category = counts.category

),

valued as (

    select
        *,
        case
            when does_apply and is_held
                then
                    coalesce(
                        counted,
                        case when unit in ('occasions', 'children') then 0 end
                    )
        end as value
    from joined

),

marked as (

    select
        *,
        case
            when not does_apply then '[z]'
            when not is_held then '[x]'
            when value is null then '[z]'
            when is_break then '[b]'
        end as marker
    from valued

),

final as (

    select
        marked.request_ref,
        marked.question_no,
        marked.part,
        marked.period,
        marked.period_order,
        marked.period_start,
        marked.period_end,
        marked.population,
        marked.breakdown,
        marked.category,
        marked.category_label,
        marked.category_order,
        marked.measure,
        marked.measure_order,
        marked.value,
        marked.unit,
        marked.marker,
        nullif(
            concat_ws(
                ' ',
                case when marked.marker = '[b]' then break_note.wording end,
                case when marked.marker = '[x]' then held_note.wording end,
                case when marked.marker = '[z]' then apply_note.wording end,
                case when marked.is_part then part_note.wording end,
                case when marked.is_child_in_several_rows then rows_note.wording end,
                case when marked.do_rows_overlap then overlap_note.wording end,
                case when marked.needs_interviews then known_note.wording end
            ),
            ''
        ) as note
    from marked
    {% for alias, note in {
        'break_note': 'break_in_series', 'held_note': 'not_available',
        'apply_note': 'not_applicable', 'part_note': 'part_period',
        'rows_note': 'rows_do_not_add_up', 'overlap_note': 'rows_overlap',
        'known_note': 'not_known_is_not_no'
    }.items() -%}
        left join notes as {{ alias }} on {{ alias }}.note = '{{ note }}'
    {% endfor %}

)

select * from final
