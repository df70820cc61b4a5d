-- What the annual returns and the case-management extract each say of the same years, occasion by
-- occasion: the same child, day and recorded status. It compares; it never adds or corrects.

with occasions as (

    select
        raw_table,
        collection_year,
        child_id,
        started_on,
        recorded_status,
        {{ financial_year('started_on') }} as financial_year,
        row_number() over (
            partition by raw_table, child_id, started_on, recorded_status
            order by number_from_latest_end
        ) as number_of_the_day
    from {{ ref('int_occasion_rows') }}

),

-- Where several councils have an extract, the years that all of them cover.
years_of_extract as (

    select collection_year
    from {{ ref('int_extract_years') }}
    group by collection_year
    having min(case when has_missing then 1 else 0 end) = 1

),

years_of_both as (

    select distinct replace(modules.collection_year, '-', '/') as financial_year
    from {{ ref('stg_landed_modules') }} as modules
    inner join years_of_extract on modules.collection_year = years_of_extract.collection_year
    where modules.raw_table = 'ssda903_missing' and modules.status = 'landed'

),

statuses as (

    select distinct recorded_status
    from {{ ref('status_spellings') }}

),

in_returns as (

    select * from occasions
    where raw_table = 'ssda903_missing'

),

in_extract as (

    select * from occasions
    where raw_table = 'ssd_missing'

),

pairs as (

    select
        coalesce(in_returns.financial_year, in_extract.financial_year) as financial_year,
        coalesce(in_returns.recorded_status, in_extract.recorded_status) as recorded_status,
        case when in_returns.child_id is null then 0 else 1 end as is_in_returns,
        case when in_extract.child_id is null then 0 else 1 end as is_in_extract
    from in_returns
    full join in_extract
        on
            in_returns.child_id = in_extract.child_id
            and in_returns.started_on = in_extract.started_on
            and in_returns.recorded_status = in_extract.recorded_status
            and in_returns.number_of_the_day = in_extract.number_of_the_day

),

totals as (

    select
        financial_year,
        recorded_status,
        sum(is_in_returns) as in_returns,
        sum(is_in_extract) as in_extract,
        sum(is_in_returns * is_in_extract) as in_both
    from pairs
    group by financial_year, recorded_status

)

select
    cast(years_of_both.financial_year as string) as financial_year,
    cast(statuses.recorded_status as string) as recorded_status,
    cast(coalesce(totals.in_returns, 0) as bigint) as occasions_in_returns,
    cast(coalesce(totals.in_extract, 0) as bigint) as occasions_in_extract,
    cast(coalesce(totals.in_both, 0) as bigint) as occasions_in_both,
    cast(coalesce(totals.in_returns - totals.in_both, 0) as bigint) as occasions_only_in_returns,
    cast(coalesce(totals.in_extract - totals.in_both, 0) as bigint) as occasions_only_in_extract
from years_of_both
cross join statuses
left join totals
    on
        years_of_both.financial_year = totals.financial_year
        and statuses.recorded_status = totals.recorded_status
order by financial_year, recorded_status
