-- Rule 21: the years that a case-management extract covers, a row a council and year: those from the
-- first to the last in which one of its occasions started.

with occasions as (

    select
        coalesce({{ council_of('source_file') }}, '') as folder,
        min(started_on) as first_start,
        max(started_on) as last_start
    from {{ ref('int_case_missing_rows_judged') }}
    where reject_code is null
    group by coalesce({{ council_of('source_file') }}, '')

),

numbers as (

    {{ numbers() }}

),

years as (

    select
        occasions.folder,
        make_date(cast(year(occasions.first_start) - 1 + numbers.number as int), 4, 1) as first_day,
        make_date(cast(year(occasions.first_start) + numbers.number as int), 3, 31) as last_day,
        occasions.first_start,
        occasions.last_start
    from occasions
    inner join numbers on numbers.number < 100

),

final as (

    select
        folder,
        replace({{ financial_year('first_day') }}, '/', '-') as collection_year
    from years
    where last_day >= first_start and first_day <= last_start

)

select * from final
