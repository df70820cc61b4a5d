-- What `reading.py` asks of the warehouse. Each statement has a name above it and ends with `;`.

-- name: request
-- A question that is only tried out is due on no day.
select
    requests.subject,
    requests.received_on,
    requests.responded_on,
    coalesce(deadlines.extended_due_on, deadlines.earliest_due_on) as answer_by,
    requests.clock_started_on,
    requests.fee_notice_on,
    requests.fee_paid_on,
    case
        when requests.responded_on > answer_by
            then
                greatest(
                    1, answer_days.working_day_number - last_days.working_day_number
                )
        else 0
    end as working_days_late
from stg_foi_requests as requests
left join foi_deadlines as deadlines on requests.request_ref = deadlines.request_ref
left join dim_working_days as answer_days on requests.responded_on = answer_days.day
left join dim_working_days as last_days
    on coalesce(deadlines.extended_due_on, deadlines.earliest_due_on) = last_days.day
where requests.request_ref = ?;

-- name: invented
select 1 from stg_landed_modules where source_file ilike '%invented%' limit 1;

-- name: estimate
select
    requests.cost_of,
    cast(requests.cost_records as int) as records,
    cast(requests.cost_minutes as double) as minutes,
    round(records * minutes / 60, 1),
    limits.limit_pounds / limits.pounds_an_hour as limit_hours,
    limits.limit_pounds,
    limits.pounds_an_hour,
    cast(floor(limit_hours * 60 / minutes) as int),
    coalesce(requests.cost_offer, '')
from stg_foi_requests as requests
inner join (
    select
        coalesce(try_cast(valid_from as date), cast('0001-01-01' as date)) as first_day,
        coalesce(try_cast(valid_to as date), cast('9999-12-31' as date)) as last_day,
        cast(limit_pounds as double) as limit_pounds,
        cast(pounds_an_hour as double) as pounds_an_hour
    from cost_limits
) as limits on requests.received_on between limits.first_day and limits.last_day
where requests.request_ref = ? and requests.cost_of is not null;

-- name: answers
select distinct
    answers.question_no,
    answers.part,
    answers.population,
    answers.breakdown,
    questions.period_basis,
    answers.period,
    answers.period_order,
    answers.period_start,
    answers.period_end,
    answers.category,
    answers.category_label,
    answers.category_order,
    answers.measure,
    measures.heading,
    measures.definition,
    measures.by_definition = 'true' as by_definition,
    answers.unit,
    answers.value,
    answers.marker,
    answers.note,
    questions.wording,
    try_cast(answers.question_no as int) as question_order,
    answers.part = '' as is_without_part,
    questions.asked_order,
    answers.measure_order
from foi_answers as answers
inner join (
    select
        *,
        min(source_row) over (
            partition by request_ref, question_no, part, measure, population, breakdown
        ) as asked_order
    from stg_foi_request_questions
) as questions
    on
        answers.request_ref = questions.request_ref
        and answers.question_no = questions.question_no
        and answers.part = questions.part
        and answers.measure = questions.measure
        and answers.population = questions.population
        and answers.breakdown = questions.breakdown
inner join measures on answers.measure = measures.measure
where answers.request_ref = ?
order by
    question_order, question_no, is_without_part, part, asked_order, measure_order,
    period_order, category_order;

-- name: definitions
select distinct definitions.wording
from foi_answers as answers
inner join int_definitions as definitions
    on
        coalesce(definitions.valid_from, answers.period_start) <= answers.period_end
        and coalesce(definitions.valid_to, answers.period_end) >= answers.period_start
inner join measures on answers.measure = measures.measure
where answers.request_ref = ? and measures.by_definition = 'true'
order by definitions.wording;

-- name: changes
select distinct valid_from, coalesce(change, (
    select wording from letter_texts where letter_text = 'change_unnamed'
))
from (
    select
        *,
        lag(definition_id) over (
            partition by la_code order by valid_from asc nulls first
        ) as definition_before
    from int_definitions
)
where definition_before <> definition_id
order by all;

-- name: headings
-- `financial_year`, `sex`, and populations: `uasc:yes&sex:male` is "Unaccompanied; Sex: Male", and
-- `age:16|17` "Age: 16 or 17".
select breakdown, heading from breakdowns
union all
select period_basis, heading from period_bases
union all
select population, string_agg(condition, '; ' order by condition_order)
from (
    select
        conditions.population,
        min(condition_order) as condition_order,
        breakdowns.heading
        || coalesce(
            ': ' || nullif(
                string_agg(coalesce(label, category), ' or ' order by category_order),
                breakdowns.heading
            ),
            ''
        ) as condition
    from int_population_conditions as conditions
    inner join breakdowns using (breakdown)
    left join int_categories using (breakdown, category)
    group by conditions.population, breakdown, breakdowns.heading
)
group by population;

-- name: words
with asked as (select cast(? as date) as day)

select 'letter:' || letter_text, wording
from letter_texts
cross join asked
where
    :in_force
union all
select 'sentence:' || measure, sentence from measures
union all
select 'harm:occasions_' || outcome, wording from harm_outcomes
union all
select 'period:' || period_basis, in_words from period_bases
union all
select 'review_on:' || setting, review_on from authority where review_on is not null
union all
select 'review_on:cost_limits', max(review_on) from cost_limits having count(review_on) > 0
union all
select threshold, value from thresholds
union all
select kind || ':' || lpad(item_order, 3, '0'), wording from sign_off_items
order by all;

-- name: spans
select
    min(financial_year),
    max(financial_year),
    cast(year(min(first_day)) + 1 as varchar),
    cast(max(last_day) as varchar)
from dim_financial_years;
