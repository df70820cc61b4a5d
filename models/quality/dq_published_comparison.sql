-- The figures that the Department for Education published for the authority, beside ours counted
-- in the same way. It reports; nothing is ever corrected to fit.

with counted as (select * from {{ ref('int_counted_as_published') }}),

own_area as (

    select value as area_code
    from {{ ref('authority') }}
    where setting = 'ons_code'

),

published as (

    select statistics.*
    from {{ ref('stg_rules__published_statistics') }} as statistics
    inner join own_area on statistics.area_code = own_area.area_code

),

joined as (

    select
        counted.financial_year,
        counted.measure,
        counted.counted,
        counted.recorded_status,
        counted.counted_how,
        counted.modules_lacking,
        counted.ours,
        published.published,
        coalesce(published.published_text, 'not published') as published_text,
        coalesce(published.published_status, 'not_published') as published_status,
        published.release,
        published.remark
    from counted
    left join published
        on
            counted.financial_year = published.financial_year
            and counted.measure = published.measure

),

both_statuses as (

    select
        financial_year,
        counted,
        max(case when recorded_status = 'M' then cast(ours as string) end) as ours_missing,
        max(case when recorded_status = 'A' then cast(ours as string) end) as ours_away,
        max(case when recorded_status = 'M' then published_text end) as published_missing,
        max(case when recorded_status = 'A' then published_text end) as published_away
    from joined
    where recorded_status is not null
    group by financial_year, counted

),

compared as (

    select
        joined.*,
        case
            when joined.ours is null then 'not available here'
            when joined.published_status = 'suppressed' then 'suppressed there'
            when joined.published_status = 'not_published' then 'not published'
            when joined.ours = joined.published then 'equal'
            else 'differs'
        end as comparison,
        both_statuses.published_missing || ' missing and ' || both_statuses.published_away
        || ' away published, ' || both_statuses.ours_missing || ' missing and '
        || both_statuses.ours_away || ' away here.' as side_by_side
    from joined
    left join both_statuses
        on
            joined.financial_year = both_statuses.financial_year
            and joined.counted = both_statuses.counted

)

select
    cast(financial_year as string) as financial_year,
    cast(measure as string) as measure,
    cast(ours as bigint) as ours,
    cast(published as bigint) as published,
    cast(published_status as string) as published_status,
    cast(ours - published as bigint) as difference,
    cast(comparison as string) as comparison,
    cast(
        concat_ws(
            ' ',
            case
                when modules_lacking <> ''
                    then 'Not counted: the return lacks ' || modules_lacking || '.'
            end,
            case when comparison = 'differs' then side_by_side end,
            remark,
            counted_how
        ) as string
    ) as note,
    cast(release as string) as release
from compared
order by financial_year, measure
