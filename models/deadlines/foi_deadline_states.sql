-- How each request stands today, or on the day that the variable `as_of` names.

{{ config(materialized='view' if var('as_of', '') == '' else 'table') }}

with deadlines as (

    select
        *,
        coalesce(extended_due_on, earliest_due_on) as answer_by,
        {{ as_of_day() }} as as_of
    from {{ ref('foi_deadlines') }}

),

deadline_days as (select * from {{ ref('int_deadline_days') }}),

calendar_days as (select * from {{ ref('dim_working_days') }}),

due_soon as (

    select cast(value as int) as working_days
    from {{ ref('thresholds') }}
    where threshold = 'due_soon'

),

days_to_go as (

    select
        deadlines.request_ref,
        count(*) as working_days
    from deadlines
    inner join deadline_days
        on
            deadlines.request_ref = deadline_days.request_ref
            and deadlines.as_of < deadline_days.day
            and deadlines.answer_by >= deadline_days.day
    group by deadlines.request_ref

),

joined as (

    select
        deadlines.*,
        due_soon.working_days as due_soon,
        coalesce(days_to_go.working_days, 0) as days_to_go,
        today.working_day_number - last_days.working_day_number as days_late,
        coalesce(deadlines.responded_on <= deadlines.as_of, false) as is_answered
    from deadlines
    cross join due_soon
    left join days_to_go on deadlines.request_ref = days_to_go.request_ref
    left join calendar_days as today on deadlines.as_of = today.day
    left join calendar_days as last_days on deadlines.answer_by = last_days.day

),

judged as (

    select
        *,
        case
            when is_answered then 'answered'
            when is_waiting_for_fee then 'waiting for fee'
            when answer_by < as_of then 'late'
            when days_to_go <= due_soon then 'due soon'
            else 'on time'
        end as state
    from joined

)

select
    request_ref,
    received_on,
    clock_started_on,
    due_on,
    due_on_alternative,
    due_on_alternative_reason,
    earliest_due_on,
    extended_due_on,
    is_extension_claimed_late,
    cast(answer_by as date) as answer_by,
    cast(
        case
            when state in ('answered', 'waiting for fee') then null
            when state <> 'late' then days_to_go
            when days_late is null
                then
                    {{ raise_sentence(
                        "'The working days since the deadline of request ' || request_ref"
                        ~ " || ' cannot be counted to ' || cast(as_of as string)"
                        ~ " || ', since bank holidays are not confirmed so far: name an earlier day.'"
                    ) }}
            else -days_late
        end as int
    ) as working_days_left,
    cast(state as string) as state,
    cast(state in ('late', 'due soon') as boolean) as is_at_risk,
    responded_on,
    cast(is_answered and responded_on > answer_by as boolean) as is_answered_late,
    subject
from judged
order by
    case when state = 'answered' then 1 else 0 end asc,
    answer_by asc nulls last,
    request_ref asc
