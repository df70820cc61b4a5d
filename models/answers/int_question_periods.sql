-- The periods that the questions ask for, one row each. A year, quarter or month can be cut short
-- by naming its first or last day instead: it is then labelled as part of a period.

with questions as (select * from {{ ref('stg_foi_request_questions') }}),

period_bases as (

    select
        period_basis,
        pattern,
        cast(months as int) as months,
        cast(first_month as int) - 1 as months_before
    from {{ ref('period_bases') }}

),

numbers as (

    {{ numbers() }}

),

asked as (

    select distinct
        period_basis,
        first_period,
        last_period,
    {% for day, text in {'first_day': 'first_period', 'last_day': 'last_period'}.items() -%}
        case
            when {{ matches(text, "'^[0-9]{4}-[0-9]{2}-[0-9]{2}$'") }}
                then try_cast({{ text }} as date)
        end as {{ day }}
        {{- ',' if not loop.last }}
    {% endfor %}
    from questions

),

-- Where the first and the last unit start, in months since the year 0 but for those before a year's
-- first unit: the one a period's text names, or the one a day lies in.
bounds as (

    select
        asked.*,
        period_bases.months,
        period_bases.months_before,
    {% for bound in ['first', 'last'] -%}
        {% set text = 'asked.' ~ bound ~ '_period' -%}
        case
            when asked.{{ bound }}_day is not null
                then {{ month_index('asked.' ~ bound ~ '_day') }} - period_bases.months_before
            when not {{ matches(text, 'period_bases.pattern') }} then null
            else
                cast(left({{ text }}, 4) as int) * 12
                + case asked.period_basis
                    when 'quarter'
                        then 3 * cast(right({{ text }}, 1) as int) - period_bases.months_before
                    when 'month' then cast(right({{ text }}, 2) as int) - 1
                    else 0
                end
        end as {{ bound }}_bound
        {{- ',' if not loop.last }}
    {% endfor %}
    from asked
    inner join period_bases using (period_basis)
    where period_bases.months is not null

),

series_asked as (

    select
        *,
        first_bound - first_bound % months + months_before as first_month,
        last_bound - last_bound % months + months_before as last_month
    from bounds

),

whole_periods as (

    select
        series_asked.*,
        numbers.number,
        {{ month_start('series_asked.first_month + numbers.number * series_asked.months') }}
            as whole_start,
        cast(
            {{ month_start(
                'series_asked.first_month + (numbers.number + 1) * series_asked.months'
            ) }} - 1
            as date
        ) as whole_end
    from series_asked
    inner join numbers
        on
            series_asked.first_month + numbers.number * series_asked.months
            <= series_asked.last_month

),

labelled as (

    select
        period_basis,
        first_period,
        last_period,
        cast(number + 1 as int) as period_order,
        case period_basis
            when 'financial_year' then {{ financial_year('whole_start') }}
            when 'quarter' then {{ financial_quarter('whole_start') }}
            when 'month' then left(cast(whole_start as string), 7)
            when 'calendar_year' then cast(year(whole_start) as string)
            else
                cast(year(whole_start) as string) || '/'
                || right(cast(year(whole_start) + 1 as string), 2)
        end as label,
        greatest(whole_start, coalesce(first_day, whole_start)) as period_start,
        least(whole_end, coalesce(last_day, whole_end)) as period_end,
        coalesce(first_day > whole_start, false) or coalesce(last_day < whole_end, false) as is_part
    from whole_periods

),

other_periods as (

    select
        period_basis,
        first_period,
        last_period,
        case
            when period_basis = 'range' then first_day
            when period_basis = 'snapshot' then last_day
            when month(last_day + 1) = 2 and day(last_day + 1) = 29
                then make_date(year(last_day) - 1, 3, 1)
            else make_date(year(last_day + 1) - 1, month(last_day + 1), day(last_day + 1))
        end as period_start,
        last_day as period_end
    from asked
    where
        period_basis in ('range', 'rolling_12_months', 'snapshot')
        and first_day is not null
        and last_day is not null

),

all_periods as (

    select
        period_basis,
        first_period,
        last_period,
        period_order,
        label,
        period_start,
        period_end,
        is_part
    from labelled

    union all

    select
        period_basis,
        first_period,
        last_period,
        1 as period_order,
        null as label,
        period_start,
        period_end,
        false as is_part
    from other_periods

),

with_long_dates as (

    select
        *,
        {{ long_date('period_start') }} as starts,
        {{ long_date('period_end') }} as ends
    from all_periods
    where period_start <= period_end

),

final as (

    select
        period_basis,
        first_period,
        last_period,
        period_order,
        case
            when is_part then label || ' (part: ' || starts || ' to ' || ends || ')'
            when label is not null then label
            when period_basis = 'snapshot' then ends
            else starts || ' to ' || ends
        end as period,
        period_start,
        period_end,
        is_part
    from with_long_dates

)

select * from final
