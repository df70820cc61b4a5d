-- Each question's periods and categories with the value it asks for, zeros included, or the marker
-- that says why there is none.

-- Spark would plan a view anew in all that reads it.
{{ config(materialized='view' if target.type == 'duckdb' else 'table') }}

{% set parts = [
    'care', 'occasions', 'uasc', 'interviews', 'all_children', 'year_before', 'times',
    'birth_dates', 'sexes', 'ethnic_groups', 'placements', 'placement_areas', 'distances'
] + interview_columns() -%}
{% set held = {
    'care': 'council_years.has_episodes',
    'occasions': 'council_years.has_missing and council_years.has_episodes',
} -%}
{% set notes = {
    'break_in_series': "valued.marker = '[b]'",
    'not_available': "valued.marker = '[x]'",
    'not_applicable': "valued.marker = '[z]'",
    'part_period': 'valued.is_part',
    'rows_do_not_add_up': 'valued.is_child_in_several_rows',
    'rows_overlap': 'valued.do_rows_overlap',
    'not_known_is_not_no': 'valued.needs_interviews',
} -%}

with questions as (select * from {{ ref('stg_foi_request_questions') }}),

measures as (select * from {{ ref('measures') }}),

breakdowns as (select * from {{ ref('breakdowns') }}),

population_conditions as (select * from {{ ref('int_population_conditions') }}),

question_periods as (select * from {{ ref('int_question_periods') }}),

counts as (select * from {{ ref('int_answer_counts') }}),

council_years as (select * from {{ ref('int_council_years') }}),

councils as (select * from {{ ref('int_councils') }}),

overlapping_breakdowns as (

    select distinct breakdown
    from {{ ref('int_bands') }}
    where is_overlap

),

wordings as (

    select
    {% for note in notes -%}
            max(case when note = '{{ note }}' then wording end) as {{ note }}
            {{- ',' if not loop.last }}
    {% endfor %}
    from {{ ref('notes') }}

),

numbers as (

    {{ numbers() }}

),

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

-- Months and quarters are those of the period; all other categories are listed.
categories as (

    select
        breakdown,
        cast(null as date) as period_start,
        cast(null as date) as period_end,
        category,
        label,
        category_order
    from {{ ref('int_categories') }}

    union all

    select
        'month' as breakdown,
        period_start,
        period_end,
        left(cast(month_starts_on as string), 7) as category,
        {{ month_name('month_starts_on') }} || ' ' || cast(year(month_starts_on) as string)
            as label,
        cast(number + 1 as int) as category_order
    from months_asked

    union all

    select distinct
        'quarter' as breakdown,
        period_start,
        period_end,
        {{ financial_quarter('month_starts_on') }} as category,
        {{ financial_quarter('month_starts_on') }} as label,
        cast(
            floor({{ month_index('month_starts_on') }} / 3.0)
            - floor({{ month_index('period_start') }} / 3.0) + 1
            as int
        ) as category_order
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
        categories.category_order,
        case
            when questions.breakdown in ('council', 'region', 'country') then categories.category
            else ''
        end as place
    from questions
    inner join question_periods using (period_basis, first_period, last_period)
    inner join categories
        on
            questions.breakdown = categories.breakdown
            and question_periods.period_start
            = coalesce(categories.period_start, question_periods.period_start)
            and question_periods.period_end
            = coalesce(categories.period_end, question_periods.period_end)

),

places as (

    select
        la_code,
        'council' as breakdown,
        la_code as category
    from councils
    {% for place in ['region', 'country'] %}
        union all

        select
            la_code,
            '{{ place }}' as breakdown,
            replace(lower({{ place }}), ' ', '_') as category
        from councils
    {% endfor %}

),

-- Places that the population names are the only ones; else every council is in all rows.
councils_wanted as (

    select
        questions.population,
        places.la_code
    from questions
    cross join places
    left join population_conditions as wanted
        on
            questions.population = wanted.population
            and places.breakdown = wanted.breakdown
    group by questions.population, places.la_code
    having
        count(distinct wanted.breakdown)
        = count(distinct case when places.category = wanted.category then wanted.breakdown end)

),

-- Which councils each row speaks of.
councils_of_rows as (

    select distinct
        frames.population,
        frames.breakdown,
        frames.place,
        frames.period_start,
        frames.period_end,
        places.la_code
    from frames
    inner join councils_wanted using (population)
    inner join places
        on
            councils_wanted.la_code = places.la_code
            and (frames.place = '' or frames.breakdown = places.breakdown)
            and frames.place in ('', places.category)

),

definitions_in_order as (

    select
        la_code,
        valid_from,
        definition_id,
        lag(definition_id) over (partition by la_code order by valid_from asc nulls first)
            as previous_definition_id
    from {{ ref('int_definitions') }}

),

-- The periods in which a definition changed for a council that the row speaks of; of the months or
-- quarters of a period, the one in which it did.
breaks as (

    select distinct
        councils_of_rows.population,
        councils_of_rows.breakdown,
        councils_of_rows.place,
        councils_of_rows.period_start,
        councils_of_rows.period_end,
        case councils_of_rows.breakdown
            when 'month' then left(cast(definitions_in_order.valid_from as string), 7)
            when 'quarter' then {{ financial_quarter('definitions_in_order.valid_from') }}
        end as month_or_quarter,
        true as is_break
    from councils_of_rows
    inner join definitions_in_order
        on
            councils_of_rows.la_code = definitions_in_order.la_code
            and definitions_in_order.definition_id <> definitions_in_order.previous_definition_id
            and definitions_in_order.valid_from >= councils_of_rows.period_start
            and definitions_in_order.valid_from <= councils_of_rows.period_end

),

-- The breakdown of a question and those that its population names.
breakdowns_named as (

    select distinct
        questions.population,
        questions.breakdown,
        named.needs,
        coalesce(named.applies_to_care = 'true', false) as applies_to_care,
        coalesce(named.by_definition = 'true', false) as by_definition
    from questions
    left join population_conditions using (population)
    inner join breakdowns as named
        on named.breakdown in (questions.breakdown, population_conditions.breakdown)

),

rules_of_breakdowns as (

    select
        population,
        breakdown,
        bool_and(applies_to_care) as applies_to_care,
        bool_or(by_definition) as by_definition
    from breakdowns_named
    group by population, breakdown

),

-- What each measure leans on, with the breakdown of its question and its population's conditions.
parts_needed as (

    select distinct
        questions.population,
        questions.breakdown,
        questions.measure,
        parts.part
    from questions
    inner join measures using (measure)
    inner join breakdowns_named using (population, breakdown)
    inner join (
        values
        {% for part in parts -%}
            ('{{ part }}'){{ ',' if not loop.last }}
        {% endfor %}
    ) as parts (part)
        on
            parts.part in ('care', breakdowns_named.needs)
            or (parts.part = 'occasions' and measures.counts <> 'care')
            or (parts.part = 'interviews' and measures.needs_interviews = 'true')
            or (parts.part = 'uasc' and measures.needs_uasc = 'true')

),

-- The rows for which a year of a council that they speak of lacks a part.
parts_lacking as (

    select
        councils_of_rows.population,
        councils_of_rows.breakdown,
        parts_needed.measure,
        councils_of_rows.place,
        councils_of_rows.period_start,
        councils_of_rows.period_end
    from councils_of_rows
    inner join parts_needed using (population, breakdown)
    left join council_years
        on
            councils_of_rows.la_code = council_years.la_code
            and council_years.first_day <= councils_of_rows.period_end
            and council_years.last_day >= councils_of_rows.period_start
            and case parts_needed.part
                {% for part in parts -%}
                    when '{{ part }}' then {{ held.get(part, 'council_years.has_' ~ part) }}
                {% endfor %}
            end
    group by
        councils_of_rows.population,
        councils_of_rows.breakdown,
        parts_needed.measure,
        parts_needed.part,
        councils_of_rows.place,
        councils_of_rows.period_start,
        councils_of_rows.period_end
    having
        count(distinct councils_of_rows.la_code || council_years.collection_year)
        < count(distinct councils_of_rows.la_code) * (
            floor(({{ month_index('councils_of_rows.period_end') }} - 3) / 12.0)
            - floor(({{ month_index('councils_of_rows.period_start') }} - 3) / 12.0) + 1
        )

),

rows_lacking as (

    select distinct
        *,
        true as is_lacking
    from parts_lacking

),

joined as (

    select
        frames.*,
        measures.unit,
        cast(measures.measure_order as int) as measure_order,
        measures.needs_interviews = 'true' as needs_interviews,
        coalesce(breaks.is_break, false)
        and (measures.by_definition = 'true' or rules_of_breakdowns.by_definition) as is_break,
        measures.unit = 'children'
        and breakdowns.one_category_a_child = 'false' as is_child_in_several_rows,
        measures.unit in ('occasions', 'children')
        and overlapping_breakdowns.breakdown is not null as do_rows_overlap,
        measures.counts = 'occasion' or rules_of_breakdowns.applies_to_care as does_apply,
        rows_lacking.is_lacking is null as is_held,
        case measures.measure
            {% for measure in answer_measures() -%}
                when '{{ measure }}' then counts.{{ measure }}
            {% endfor -%}
        end as counted
    from frames
    inner join measures using (measure)
    inner join breakdowns using (breakdown)
    left join overlapping_breakdowns using (breakdown)
    inner join rules_of_breakdowns using (population, breakdown)
    left join rows_lacking using (population, breakdown, measure, place, period_start, period_end)
    left join breaks
        on
            frames.population = breaks.population
            and frames.breakdown = breaks.breakdown
            and frames.place = breaks.place
            and frames.period_start = breaks.period_start
            and frames.period_end = breaks.period_end
            and frames.category = coalesce(breaks.month_or_quarter, frames.category)
    left join counts
        on
            frames.population = counts.population
            and frames.breakdown = counts.breakdown
            and frames.period_start = counts.period_start
            and frames.period_end = counts.period_end
            and (frames.period_basis = 'snapshot') = counts.is_snapshot
            and frames.category = counts.category

),

with_zeros as (

    select
        *,
        case
            when does_apply and is_held
                then coalesce(counted, case when unit in ('occasions', 'children') then 0 end)
        end as value
    from joined

),

valued as (

    select
        *,
        case
            when not does_apply then '[z]'
            when not is_held then '[x]'
            when value is null then '[z]'
            when is_break then '[b]'
        end as marker
    from with_zeros

),

final as (

    select
        valued.request_ref,
        valued.question_no,
        valued.part,
        valued.period,
        valued.period_order,
        valued.period_start,
        valued.period_end,
        valued.population,
        valued.breakdown,
        valued.category,
        valued.category_label,
        valued.category_order,
        valued.measure,
        valued.measure_order,
        valued.value,
        valued.unit,
        valued.marker,
        nullif(
            concat_ws(
                ' ',
                {% for note, condition in notes.items() -%}
                    case when {{ condition }} then wordings.{{ note }} end
                    {{- ',' if not loop.last }}
                {% endfor %}
            ),
            ''
        ) as note
    from valued
    cross join wordings

)

select * from final
