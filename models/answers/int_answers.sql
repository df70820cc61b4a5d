-- Each question's periods and categories with the value it asks for, zeros included, or the marker
-- that says why there is none.

{% set parts = {
    'occasions': 'council_years.has_missing and council_years.has_episodes',
    'care': 'council_years.has_episodes',
    'uasc': 'council_years.has_uasc',
    'interviews': 'council_years.has_interviews',
    'all_children': 'council_years.has_all_children',
    'year_before': 'council_years.has_year_before',
    'times': 'council_years.has_times',
    'birth_dates': 'council_years.has_birth_dates',
    'sexes': 'council_years.has_sexes',
    'ethnic_groups': 'council_years.has_ethnic_groups',
    'placements': 'council_years.has_placements',
    'placement_areas': 'council_years.has_placement_areas',
    'distances': 'council_years.has_distances',
} -%}
{% for column in interview_columns() -%}
    {% do parts.update({column: 'council_years.has_' ~ column}) -%}
{% endfor -%}


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

population_conditions as (

    select * from {{ ref('int_population_conditions') }}

),

question_periods as (

    select * from {{ ref('int_question_periods') }}

),

counts as (

    select * from {{ ref('int_answer_counts') }}

),

council_years as (

    select * from {{ ref('int_council_years') }}

),

councils as (

    select * from {{ ref('int_councils') }}

),

definitions as (

    select * from {{ ref('int_definitions') }}

),

numbers as (

    {{ numbers() }}

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

-- Which councils each row speaks of.
rows_by_place as (

    select distinct
        population,
        breakdown,
        case when breakdown in ('council', 'region', 'country') then category else '' end as place,
        period_basis,
        first_period,
        last_period,
        period_order,
        period_start,
        period_end
    from frames

),

places as (

    select
        la_code,
        replace(lower(region), ' ', '_') as region,
        replace(lower(country), ' ', '_') as country
    from councils

),

-- Places that the population names are the only ones; else every council is in all rows.
places_wanted as (

    select
        population,
    {% for place in ['council', 'region', 'country'] -%}
        replace(
            {{ joined_words(
                "case when breakdown = '" ~ place ~ "' then category end", 'category'
            ) }},
            ', ',
            '&'
        ) as {{ place }}
        {{- ',' if not loop.last }}
    {% endfor %}
    from population_conditions
    group by population

),

councils_of_rows as (

    select
        rows_by_place.*,
        places.la_code
    from rows_by_place
    left join places_wanted on rows_by_place.population = places_wanted.population
    inner join places
        on
            {% for place, column in {
                'council': 'la_code', 'region': 'region', 'country': 'country'
            }.items() -%}
            (
                places_wanted.{{ place }} is null
                or array_contains(
                    {{ split_conditions('places_wanted.' ~ place) }}, places.{{ column }}
                )
            )
            and (
                rows_by_place.breakdown <> '{{ place }}'
                or rows_by_place.place = places.{{ column }}
            )
            {{ 'and' if not loop.last }}
    {% endfor %}
),

definition_changes as (

    select
        la_code,
        changed_on
    from (
        select
            la_code,
            valid_from as changed_on,
            definition_id,
            lag(definition_id) over (
                partition by la_code order by valid_from asc nulls first
            ) as previous_definition_id
        from definitions
    ) as definitions_in_order
    where definition_id <> previous_definition_id

),

-- The periods in which a definition changed for a council that the row speaks of; of the months or
-- quarters of a period, the one in which it did.
breaks as (

    select distinct
        councils_of_rows.population,
        councils_of_rows.breakdown,
        councils_of_rows.place,
        councils_of_rows.period_basis,
        councils_of_rows.first_period,
        councils_of_rows.last_period,
        councils_of_rows.period_order,
        case councils_of_rows.breakdown
            when 'month' then left(cast(definition_changes.changed_on as string), 7)
            when 'quarter' then {{ financial_quarter('definition_changes.changed_on') }}
        end as month_or_quarter
    from councils_of_rows
    inner join definition_changes
        on
            councils_of_rows.la_code = definition_changes.la_code
            and definition_changes.changed_on >= councils_of_rows.period_start
            and definition_changes.changed_on <= councils_of_rows.period_end

),

-- Of the years of every council that a row speaks of, how many lack each part.
rows_held as (

    select
        councils_of_rows.population,
        councils_of_rows.breakdown,
        councils_of_rows.place,
        councils_of_rows.period_basis,
        councils_of_rows.first_period,
        councils_of_rows.last_period,
        councils_of_rows.period_order,
    {% for part, condition in parts.items() -%}
        count(
            distinct case
                when {{ condition }}
                    then councils_of_rows.la_code || council_years.collection_year
            end
        )
        < count(distinct councils_of_rows.la_code) * max(
            cast(
                floor(({{ month_index('councils_of_rows.period_end') }} - 3) / 12.0)
                - floor(({{ month_index('councils_of_rows.period_start') }} - 3) / 12.0) + 1
                as int
            )
        ) as lacks_{{ part }}
        {{- ',' if not loop.last }}
    {% endfor %}
    from councils_of_rows
    left join council_years
        on
            councils_of_rows.la_code = council_years.la_code
            and council_years.first_day <= councils_of_rows.period_end
            and council_years.last_day >= councils_of_rows.period_start
    group by
        councils_of_rows.population,
        councils_of_rows.breakdown,
        councils_of_rows.place,
        councils_of_rows.period_basis,
        councils_of_rows.first_period,
        councils_of_rows.last_period,
        councils_of_rows.period_order

),

-- What the breakdown of a question and its population's conditions lean on.
needs as (

    select
        asked.population,
        asked.breakdown,
        {% for part in parts -%}
            max(case when breakdowns.needs = '{{ part }}' then 1 else 0 end)
            = 1 as needs_{{ part }},
        {% endfor %}
        min(case when breakdowns.applies_to_care = 'true' then 1 else 0 end) = 1
            as applies_to_care,
        max(case when breakdowns.by_definition = 'true' then 1 else 0 end) = 1 as by_definition
    from (
        select
            population,
            breakdown,
            breakdown as needed
        from questions

        union

        select
            questions.population,
            questions.breakdown,
            population_conditions.breakdown as needed
        from questions
        inner join population_conditions
            on questions.population = population_conditions.population
    ) as asked
    inner join breakdowns on asked.needed = breakdowns.breakdown
    group by asked.population, asked.breakdown

),

joined as (

    select
        frames.*,
        measures.unit,
        cast(measures.measure_order as int) as measure_order,
        measures.counts as fact,
        measures.needs_interviews = 'true' as needs_interviews,
        breaks.population is not null
        and (measures.by_definition = 'true' or needs.by_definition) as is_break,
        measures.unit = 'children'
        and breakdowns.one_category_a_child = 'false' as is_child_in_several_rows,
        measures.unit in ('occasions', 'children')
        and overlapping_breakdowns.breakdown is not null as do_rows_overlap,
        case
            when measures.counts = 'occasion' then true
            else needs.applies_to_care
        end as does_apply,
        not(
            coalesce(rows_held.lacks_care, false)
            or (measures.counts <> 'care' and coalesce(rows_held.lacks_occasions, false))
            or (
                measures.needs_interviews = 'true' and coalesce(rows_held.lacks_interviews, false)
            )
            or (measures.needs_uasc = 'true' and coalesce(rows_held.lacks_uasc, false))
            {% for part in parts -%}
                or (needs.needs_{{ part }} and coalesce(rows_held.lacks_{{ part }}, false))
            {% endfor %}
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
    inner join needs
        on frames.population = needs.population and frames.breakdown = needs.breakdown
    {% for of_period in ['rows_held', 'breaks'] -%}
        left join {{ of_period }}
            on
                frames.population = {{ of_period }}.population
                and frames.breakdown = {{ of_period }}.breakdown
                and {{ of_period }}.place
                = case
                    when frames.breakdown in ('council', 'region', 'country') then frames.category
                    else ''
                end
                and frames.period_basis = {{ of_period }}.period_basis
                and frames.first_period = {{ of_period }}.first_period
                and frames.last_period = {{ of_period }}.last_period
                and frames.period_order = {{ of_period }}.period_order
                {% if of_period == 'breaks' -%}
                    and frames.category = coalesce(breaks.month_or_quarter, frames.category)
                {%- endif %}
    {% endfor -%}
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
