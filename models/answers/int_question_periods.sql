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
        case
            when {{ matches('first_period', "'^[0-9]{4}-[0-9]{2}-[0-9]{2}$'") }}
                then try_cast(first_period as date)
        end as first_day,
        case
            when {{ matches('last_period', "'^[0-9]{4}-[0-9]{2}-[0-9]{2}$'") }}
                then try_cast(last_period as date)
        end as last_day
    from questions

),

-- Where each unit starts, in months since the year 0: the one a period's text names, or the one a
-- day lies in.
bounds_read as (

    {% for bound in ['first', 'last'] -%}
        select
            asked.period_basis,
            asked.first_period,
            asked.last_period,
            '{{ bound }}' as bound,
            case
                when asked.{{ bound }}_day is not null
                    then {{ month_index('asked.' ~ bound ~ '_day') }} - period_bases.months_before
                when not {{ matches('asked.' ~ bound ~ '_period', 'period_bases.pattern') }}
                    then null
                when asked.period_basis = 'quarter'
                    then
                        cast(left(asked.{{ bound }}_period, 4) as int) * 12
                        + 3 * cast(right(asked.{{ bound }}_period, 1) as int)
                        - period_bases.months_before
                when asked.period_basis = 'month'
                    then
                        cast(left(asked.{{ bound }}_period, 4) as int) * 12
                        + cast(right(asked.{{ bound }}_period, 2) as int) - 1
                else cast(left(asked.{{ bound }}_period, 4) as int) * 12
            end as months_since_year_0
        from asked
        inner join period_bases on asked.period_basis = period_bases.period_basis
        where period_bases.months is not null
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

bounds as (

    select
        period_basis,
        first_period,
        last_period,
        max(case when bound = 'first' then months_since_year_0 end) as first_month,
        max(case when bound = 'last' then months_since_year_0 end) as last_month
    from bounds_read
    group by period_basis, first_period, last_period

),

series_asked as (

    select
        asked.*,
        period_bases.months,
        bounds.first_month - bounds.first_month % period_bases.months
        + period_bases.months_before as first_month,
        bounds.last_month - bounds.last_month % period_bases.months
        + period_bases.months_before as last_month
    from asked
    inner join period_bases on asked.period_basis = period_bases.period_basis
    inner join bounds
        on
            asked.period_basis = bounds.period_basis
            and asked.first_period = bounds.first_period
            and asked.last_period = bounds.last_period

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
