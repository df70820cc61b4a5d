-- The working days that count towards each request's deadline (section 10), numbered by both
-- readings of the law: by the earlier one a doubtful bank holiday is a working day.

with requests as (select * from {{ ref('stg_foi_requests') }}),

register_problems as (select * from {{ ref('dq_request_register') }}),

calendar_days as (select * from {{ ref('dim_working_days') }}),

longest as (

    select cast(value as int) as working_days
    from {{ ref('thresholds') }}
    where threshold = 'extended_answer_due'

),

-- A clarification that the authority needed starts the clock anew on the day it arrives.
clocks as (

    select
        requests.request_ref,
        coalesce(requests.clock_started_on, requests.received_on) as clock_start,
        requests.fee_notice_on,
        requests.fee_paid_on
    from requests
    left join register_problems on requests.request_ref = register_problems.request_ref
    where requests.request_ref is not null and register_problems.problem is null

),

days_after_the_start as (

    select
        clocks.request_ref,
        calendar_days.day,
        calendar_days.is_working_day,
        calendar_days.holiday_name,
        calendar_days.is_holiday_confirmed,
        not calendar_days.is_weekend
        and calendar_days.holiday_name is not null
        and (
            not calendar_days.is_holiday_confirmed
            or coalesce(calendar_days.holiday_proclaimed_on > clocks.clock_start, false)
        ) as is_doubtful
    from clocks
    cross join longest
    -- So many working days never take three times as many days.
    inner join calendar_days
        on
            clocks.clock_start < calendar_days.day
            and calendar_days.day
            <= coalesce(clocks.fee_paid_on, clocks.clock_start) + 3 * longest.working_days
    -- From a fees notice to its payment, both days included, nothing counts (section 10(2)).
    where
        clocks.fee_notice_on is null
        or calendar_days.day < clocks.fee_notice_on
        or coalesce(calendar_days.day > clocks.fee_paid_on, false)

),

numbered as (

    select
        request_ref,
        day,
        is_working_day,
        is_doubtful,
        holiday_name,
        is_holiday_confirmed,
        cast(row_number() over (partition by request_ref order by day) as int) as earlier_number,
        cast(
            sum(case when is_working_day then 1 else 0 end) over (
                partition by request_ref
                order by day
                rows between unbounded preceding and current row
            ) as int
        ) as later_number
    from days_after_the_start
    where is_working_day or is_doubtful

)

select * from numbered
