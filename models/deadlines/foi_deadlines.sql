-- Section 10: when each request must be answered. Where the law is unclear both dates stand here,
-- that of the Act and the calendar as they are written first; the earlier is the one to keep to.

with requests as (select * from {{ ref('stg_foi_requests') }}),

deadline_days as (select * from {{ ref('int_deadline_days') }}),

calendar_days as (select * from {{ ref('dim_working_days') }}),

doubts as (select * from {{ ref('deadline_doubts') }}),

limits as (

    select
        {% for limit in [
            'answer_due', 'extended_answer_due', 'review_request', 'review_answer'
        ] -%}
            max(case when threshold = '{{ limit }}' then cast(value as int) end) as {{ limit }},
        {% endfor -%}
        max(case when threshold = 'calendar_first_day' then cast(value as date) end) as first_day,
        max(case when threshold = 'calendar_last_day' then cast(value as date) end) as last_day
    from {{ ref('thresholds') }}

),

wordings as (

    select
        max(case when doubt = 'received_on_non_working_day' then wording end) as non_working_day,
        max(case when doubt = 'holiday_proclaimed_after_receipt' then wording end) as proclaimed,
        max(case when doubt = 'holiday_not_confirmed' then wording end) as not_confirmed
    from doubts

),

-- By the Code of Practice a request of a non-working day is received a working day later.
clocks as (

    select
        requests.request_ref,
        requests.received_on,
        coalesce(requests.clock_started_on, requests.received_on) as clock_started_on,
        requests.fee_notice_on is not null and requests.fee_paid_on is null as is_fee_unpaid,
        requests.extension_claimed_on,
        requests.responded_on,
        requests.subject,
        case when start_days.is_working_day then 0 else 1 end as days_later,
        response_days.working_day_number as response_day_number
    from requests
    left join calendar_days as start_days
        on coalesce(requests.clock_started_on, requests.received_on) = start_days.day
    left join calendar_days as response_days on requests.responded_on = response_days.day

),

due_dates as (

    select
        clocks.request_ref,
    {% for date, condition in {
        'earlier_due_on': 'days.earlier_number = limits.answer_due',
        'due_on_by_the_act': 'days.is_working_day and days.later_number = limits.answer_due',
        'due_on_by_the_code':
            'days.is_working_day and days.later_number = limits.answer_due + clocks.days_later',
        'extended_due_on': 'days.earlier_number = limits.extended_answer_due',
        'doubtful_day': 'days.is_doubtful and days.earlier_number <= limits.answer_due',
    }.items() -%}
        min(case when {{ condition }} then days.day end) as {{ date }}
        {{- ',' if not loop.last }}
    {% endfor %}
    from clocks
    cross join limits
    inner join deadline_days as days using (request_ref)
    group by clocks.request_ref

),

joined as (

    select
        clocks.*,
        limits.first_day,
        limits.last_day,
        due_dates.earlier_due_on,
        due_dates.due_on_by_the_act,
        due_dates.due_on_by_the_code,
        due_dates.extended_due_on,
        doubtful_days.holiday_name as doubtful_holiday,
        doubtful_days.day as doubtful_day,
        doubtful_days.is_holiday_confirmed,
        last_request_days.day as review_request_by,
        last_answer_days.day as review_answer_by,
        wordings.non_working_day,
        case
            when doubtful_days.is_holiday_confirmed then wordings.proclaimed
            else wordings.not_confirmed
        end as doubt_of_the_holiday,
        clocks.clock_started_on < limits.first_day
        or (not clocks.is_fee_unpaid and due_dates.due_on_by_the_code is null)
        or (
            not clocks.is_fee_unpaid
            and clocks.extension_claimed_on is not null
            and due_dates.extended_due_on is null
        )
        or (clocks.responded_on is not null and last_answer_days.day is null)
            as is_beyond_the_calendar
    from clocks
    cross join limits
    cross join wordings
    left join due_dates on clocks.request_ref = due_dates.request_ref
    left join calendar_days as doubtful_days on due_dates.doubtful_day = doubtful_days.day
    left join calendar_days as last_request_days
        on
            last_request_days.is_working_day
            and clocks.response_day_number + limits.review_request
            = last_request_days.working_day_number
    left join calendar_days as last_answer_days
        on
            last_answer_days.is_working_day
            and clocks.response_day_number + limits.review_request + limits.review_answer
            = last_answer_days.working_day_number

),

final as (

    select
        *,
        case
            when earlier_due_on <> due_on_by_the_act then earlier_due_on
            when due_on_by_the_code <> due_on_by_the_act then due_on_by_the_code
        end as due_on_alternative,
        case
            when is_beyond_the_calendar
                then
                    cast({{ raise_sentence(
                        "'Request ' || request_ref || ' has a deadline that needs bank holidays before '"
                        ~ " || cast(first_day as string) || ' or after ' || cast(last_day as string)"
                        ~ " || ', and none are confirmed there: correct its dates, or add the years to'"
                        ~ " || ' seeds/rules/bank_holidays.csv from www.gov.uk/bank-holidays and move'"
                        ~ " || ' calendar_last_day in seeds/rules/thresholds.csv.'"
                    ) }} as date)
            else coalesce(due_on_by_the_act, earlier_due_on)
        end as due_on
    from joined

)

select
    cast(request_ref as string) as request_ref,
    cast(received_on as date) as received_on,
    cast(clock_started_on as date) as clock_started_on,
    cast(due_on as date) as due_on,
    cast(due_on_alternative as date) as due_on_alternative,
    cast(
        case
            when due_on_alternative is null then null
            when doubtful_day is null then non_working_day || '.'
            else
                doubtful_holiday || ', ' || cast(doubtful_day as string) || ': '
                || doubt_of_the_holiday || '.'
        end as string
    ) as due_on_alternative_reason,
    cast(earlier_due_on as date) as earliest_due_on,
    cast(extension_claimed_on as date) as extension_claimed_on,
    cast(case when extension_claimed_on is not null then extended_due_on end as date)
        as extended_due_on,
    cast(coalesce(extension_claimed_on > earlier_due_on, false) as boolean)
        as is_extension_claimed_late,
    cast(is_fee_unpaid and due_on is null as boolean) as is_waiting_for_fee,
    cast(responded_on as date) as responded_on,
    cast(review_request_by as date) as review_request_by,
    cast(review_answer_by as date) as review_answer_by,
    cast(subject as string) as subject
from final
order by received_on, request_ref
