-- Rule 8: nothing disappears. What was landed is counted by the landing step itself, so a row lost
-- between the file and the warehouse shows as well.

with landed as (

    select
        raw_table,
        coalesce(collection_year, 'all') as collection_year,
        sum(rows_landed) as rows_landed
    from {{ ref('stg_landed_modules') }}
    where status = 'landed'
    group by raw_table, coalesce(collection_year, 'all')

),

totals as (

    select
        raw_table,
        collection_year,
        count(case when outcome = 'rejected' then 1 end) as rows_rejected,
        count(case when outcome = 'repeated' then 1 end) as rows_repeated,
        count(case when outcome = 'left_out' then 1 end) as rows_left_out,
        count(case when outcome = 'counted' then 1 end) as rows_counted
    from {{ ref('dq_row_outcomes') }}
    group by raw_table, collection_year

)

select
    cast(coalesce(landed.raw_table, totals.raw_table) as string) as raw_table,
    cast(coalesce(landed.collection_year, totals.collection_year) as string) as collection_year,
    cast(coalesce(landed.rows_landed, 0) as bigint) as rows_landed,
    cast(coalesce(totals.rows_rejected, 0) as bigint) as rows_rejected,
    cast(coalesce(totals.rows_repeated, 0) as bigint) as rows_repeated,
    cast(coalesce(totals.rows_left_out, 0) as bigint) as rows_left_out,
    cast(coalesce(totals.rows_counted, 0) as bigint) as rows_counted
from landed
full join totals
    on
        landed.raw_table = totals.raw_table
        and landed.collection_year = totals.collection_year
order by raw_table, collection_year
