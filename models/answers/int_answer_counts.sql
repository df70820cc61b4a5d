-- Every measure for every period, population and breakdown that a question asks for, in one pass
-- over the facts. The measures themselves stand in the macro `answer_measures`.

-- Spark would plan a view anew in all that reads it.
{{ config(materialized='view' if target.type == 'duckdb' else 'table') }}

{% set by_child = {
    'missing': 'count(case when is_missing then 1 end)',
    'missing_once': 'count(case when is_missing and coalesce(overlapping.is_first, true) then 1 end)',
    'absent': "count(case when counts_as = 'absent' then 1 end)",
    'found': 'count(case when is_found then 1 end)',
    'still_missing': 'count(case when is_missing and (is_snapshot or not is_found) then 1 end)',
    'hurt': 'count(case when is_found and was_hurt then 1 end)',
    'sexually_harmed': 'count(case when is_found and was_sexually_harmed then 1 end)',
    'drug_sale': 'count(case when is_found and was_in_drug_sale then 1 end)',
    'crime': 'count(case when is_found and was_in_crime then 1 end)',
    'any_harm': 'count(case when is_found and (was_hurt or was_sexually_harmed '
        ~ 'or was_in_drug_sale or was_in_crime) then 1 end)',
    'interviewed': 'count(case when is_found and is_interview_completed then 1 end)',
    'offered': 'count(case when is_found and is_interview_offered then 1 end)',
    'declined': 'count(case when is_found and is_interview_declined then 1 end)',
    'in_time': 'count(case when is_found and is_interviewed_in_time then 1 end)',
    'longest': 'max(case when is_missing then duration_days end)',
    'in_care': "max(cast(fact = 'care' as int))",
    'in_care_at_end': 'max(is_at_end)',
    'uasc_in_care': "max(cast(fact = 'care' and uasc = 'yes' as int))",
    'uasc_at_end': "max(case when uasc = 'yes' then is_at_end else 0 end)",
} %}

{% set breakdowns = [
    'age', 'age_band', 'sex', 'ethnic_group', 'placement_type', 'legal_status', 'duration_band',
    'care', 'outcome_since', 'time_in_care', 'placement_area', 'distance_band', 'hours_band',
    'missing_before',
    'month', 'quarter', 'uasc', 'counts_as', 'council', 'region', 'country', 'times_missing_band'
] + interview_columns() -%}

with questions as (select * from {{ ref('stg_foi_request_questions') }}),

measures as (select * from {{ ref('measures') }}),

question_periods as (select * from {{ ref('int_question_periods') }}),

facts as (select * from {{ ref('int_answer_facts') }}),

bands as (select * from {{ ref('int_bands') }}),

-- Where categories overlap, a fact stands in several rows; in the first of them for sums of all.
overlapping as (

    select
        bands.breakdown,
        coalesce(bands.member, bands.categories) as categories,
        categories.category,
        row_number() over (
            partition by bands.breakdown, coalesce(bands.member, bands.categories)
            order by categories.category
        ) = 1 as is_first
    from bands
    inner join {{ ref('categories') }} as categories
        on
            bands.breakdown = categories.breakdown
            and array_contains({{ split_conditions('bands.categories') }}, categories.category)
    where bands.is_overlap
    group by bands.breakdown, coalesce(bands.member, bands.categories), categories.category

),

-- Most questions count occasions alone: the many pieces of care are spared them.
slices_asked as (

    select
        questions.population,
        questions.breakdown,
        question_periods.period_start,
        question_periods.period_end,
        questions.period_basis = 'snapshot' as is_snapshot,
        bool_or(measures.counts <> 'occasion') as needs_care
    from questions
    inner join measures using (measure)
    inner join question_periods using (period_basis, first_period, last_period)
    group by all

),

windows as (

    select distinct
        period_start,
        period_end,
        is_snapshot
    from slices_asked

),

-- What a population asks of each breakdown. Two conditions on one breakdown hold for nothing, nor
-- does a word that is none. Of a category that joins others, those are asked for.
wanted as (

    select
        conditions.population,
        {% for breakdown in breakdowns -%}
            replace(
                {{ joined_words(
                    "case when conditions.breakdown = '" ~ breakdown ~ "' "
                    ~ "then coalesce(bands.member, conditions.category) end",
                    'coalesce(bands.member, conditions.category)'
                ) }},
                ', ',
                '&'
            ) as want_{{ breakdown }},
        {% endfor -%}
        count(distinct conditions.condition) > count(
            distinct case when conditions.category <> '' then known.breakdown end
        ) as is_of_nothing
    from {{ ref('int_population_conditions') }} as conditions
    left join {{ ref('breakdowns') }} as known on conditions.breakdown = known.breakdown
    left join bands
        on
            conditions.breakdown = bands.breakdown
            and bands.member is not null
            and array_contains({{ split_conditions('bands.categories') }}, conditions.category)
    group by conditions.population

),

slices as (

    select
        slices_asked.*,
        row_number() over (
            order by
                slices_asked.population,
                slices_asked.breakdown,
                slices_asked.period_start,
                slices_asked.period_end,
                slices_asked.is_snapshot
        ) as slice_no,
        {% for breakdown in breakdowns if breakdown != 'care' -%}
            coalesce(wanted.want_{{ breakdown }}, '') as want_{{ breakdown }},
        {% endfor -%}
        -- Who does not ask for others asks for looked-after children.
        coalesce(
            wanted.want_care,
            case when slices_asked.breakdown = 'care' then '' else 'looked_after' end
        ) as want_care
    from slices_asked
    left join wanted using (population)
    where not coalesce(wanted.is_of_nothing, false)

),

-- A snapshot holds what had begun and had not ended; any other period what began in it, and the
-- care that reached into it.
facts_in_windows as (

    select
        facts.*,
        windows.period_start,
        windows.period_end,
        windows.is_snapshot,
        cast(
            facts.fact = 'care'
            and facts.to_day >= windows.period_end
            and (facts.ended_on is null or facts.ended_on > windows.period_end)
            as int
        ) as is_at_end,
        case
            when windows.is_snapshot
                then {{ days_between('facts.from_day', 'windows.period_end') }}
            else facts.duration_days
        end as days_missing
    from facts
    inner join windows
        on
            facts.from_day <= windows.period_end
            and case
                when windows.is_snapshot and facts.fact = 'occasion'
                    then facts.ended_on is null or facts.ended_on > windows.period_end
                else facts.to_day >= windows.period_start
            end

),

facts_with_durations as (

    select
        facts_in_windows.*,
        case
            when facts_in_windows.fact = 'occasion'
                then coalesce(bands.categories, 'still_missing')
        end as duration_band,
        case
            when facts_in_windows.fact = 'care' then null
            when facts_in_windows.first_missing_on < facts_in_windows.period_start then 'before'
            else 'first_time'
        end as missing_before
    from facts_in_windows
    left join bands
        on
            bands.breakdown = 'duration_band'
            and facts_in_windows.days_missing >= bands.lowest
            and facts_in_windows.days_missing <= bands.highest

),

-- How often a child went missing is known once its facts are added up: until then all facts of a
-- child stand together for that breakdown.
facts_in_slices as (

    select
        slices.slice_no,
        slices.breakdown,
        slices.want_times_missing_band,
        case slices.breakdown
            {% for breakdown in breakdowns if breakdown != 'times_missing_band' -%}
                when '{{ breakdown }}' then facts.{{ breakdown }}
            {% endfor -%}
            else 'all'
        end as category,
        facts.*
    from facts_with_durations as facts
    inner join slices
        on
            facts.period_start = slices.period_start
            and facts.period_end = slices.period_end
            and facts.is_snapshot = slices.is_snapshot
            and (slices.needs_care or facts.fact = 'occasion')
            and (
                (slices.population = 'all' and slices.want_care in ('', facts.care))
                or (
                    true
                    {% for breakdown in breakdowns if breakdown != 'times_missing_band' -%}
                        {% set category = 'facts.' ~ breakdown if breakdown != 'quarter'
                            else "replace(lower(facts.quarter), ' ', '')" -%}
                        and (
                            slices.want_{{ breakdown }} in ('', {{ category }})
                            or {{ arrays_share(
                                split_conditions(category),
                                split_conditions('slices.want_' ~ breakdown)
                            ) }}
                        )
                    {% endfor %}
                )
            )

),

children as (

    select
        facts.slice_no,
        facts.want_times_missing_band,
        coalesce(overlapping.category, facts.category) as category,
        facts.child_id,
        {% for figure, expression in by_child.items() -%}
            {{ expression }} as {{ figure }},
        {% endfor -%}
        count(*) as facts
    from facts_in_slices as facts
    left join overlapping
        on
            facts.breakdown = overlapping.breakdown
            and facts.category = overlapping.categories
    group by all

),

-- Only a population by times missing needs the times in all categories together.
children_with_times as (

    select
        *,
        missing as times_missing
    from children
    where want_times_missing_band = ''

    union all

    select
        *,
        cast(sum(missing_once) over (partition by slice_no, child_id) as bigint) as times_missing
    from children
    where want_times_missing_band <> ''

),

children_in_categories as (

    select
        slices.population,
        slices.breakdown,
        slices.period_start,
        slices.period_end,
        slices.is_snapshot,
        case slices.breakdown
            when 'times_missing_band' then coalesce(overlapping.category, bands.categories)
            else children.category
        end as category,
        {% for figure in by_child -%}
            children.{{ figure }},
        {% endfor -%}
        children.facts
    from children_with_times as children
    inner join slices using (slice_no)
    left join bands
        on
            bands.breakdown = 'times_missing_band'
            and children.times_missing >= bands.lowest
            and children.times_missing <= bands.highest
    left join overlapping
        on
            slices.breakdown = overlapping.breakdown
            and bands.breakdown = overlapping.breakdown
            and bands.categories = overlapping.categories
    where
        children.want_times_missing_band = ''
        or {{ arrays_share(
            split_conditions('bands.categories'),
            split_conditions('children.want_times_missing_band')
        ) }}

),

final as (

    select
        population,
        breakdown,
        period_start,
        period_end,
        is_snapshot,
        category,
        {% for measure, expression in answer_measures().items() -%}
            cast({{ expression }} as double) as {{ measure }},
        {% endfor -%}
        sum(facts) as facts
    from children_in_categories
    where category is not null
    group by all

)

select * from final
