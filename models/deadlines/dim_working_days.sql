-- Not working days: weekends, and bank holidays in any part of the UK (section 10(6)).

with bank_holidays as (

    select
        cast({{ clean_text('holiday_date') }} as date) as holiday_date,
        name as holiday_name,
        cast(is_confirmed as boolean) as is_confirmed,
        cast({{ clean_text('proclaimed_on') }} as date) as proclaimed_on
    from {{ ref('bank_holidays') }}

),

calendar as (

    select
        max(case when threshold = 'calendar_first_day' then cast(value as date) end) as first_day,
        max(case when threshold = 'calendar_last_day' then cast(value as date) end) as last_day
    from {{ ref('thresholds') }}

),

days as (

    select {{ each_day('first_day', 'last_day') }} as day
    from calendar

),

-- A day can be one holiday in Scotland and another elsewhere; one that is sure is enough.
holidays as (

    select
        holiday_date,
        case
            when count(distinct holiday_name) = 1 then min(holiday_name)
            else min(holiday_name) || ', ' || max(holiday_name)
        end as holiday_name,
        max(case when is_confirmed then 1 else 0 end) = 1 as is_confirmed,
        case when count(proclaimed_on) = count(*) then min(proclaimed_on) end as proclaimed_on
    from bank_holidays
    group by holiday_date

),

joined as (

    select
        days.day,
        -- 1 January 2001 was a Monday.
        {{ days_between("cast('2001-01-01' as date)", 'days.day') }} % 7 >= 5 as is_weekend,
        holidays.holiday_name,
        holidays.is_confirmed as is_holiday_confirmed,
        holidays.proclaimed_on as holiday_proclaimed_on
    from days
    left join holidays on days.day = holidays.holiday_date

),

final as (

    select
        day,
        is_weekend,
        holiday_name,
        is_holiday_confirmed,
        holiday_proclaimed_on,
        not is_weekend and holiday_name is null as is_working_day
    from joined

)

select
    cast(day as date) as day,
    cast(is_working_day as boolean) as is_working_day,
    cast(is_weekend as boolean) as is_weekend,
    cast(holiday_name as string) as holiday_name,
    cast(is_holiday_confirmed as boolean) as is_holiday_confirmed,
    cast(holiday_proclaimed_on as date) as holiday_proclaimed_on,
    cast(
        sum(case when is_working_day then 1 else 0 end)
            over (order by day rows between unbounded preceding and current row)
        as int
    ) as working_day_number
from final
order by day
