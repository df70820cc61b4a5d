-- Rules 2, 3 and 10: which rows of several returns are one occasion. Within one return the rows of
-- a child with the same start are numbered from the latest end, so an occasion that is carried over
-- keeps its number while the ended ones of the same day stay apart. A case-management extract has
-- each occasion once, often with the time of day. The two sources are never mixed. An occasion is
-- found if any return has an end: that of the latest return with one, since a return that leaves it
-- out does not say that the child went missing again.

with rows_of_returns as (

    select
        'ssda903_missing' as raw_table,
        collection_year,
        source_file,
        source_row,
        child_id,
        birth_date,
        recorded_status,
        started_on,
        ended_on,
        cast(null as timestamp) as started_at,
        cast(null as timestamp) as ended_at,
        false as is_offered_in_extract,
        false as is_declined_in_extract
    from {{ ref('int_missing_rows_judged') }}
    where reject_code is null

),

rows_of_extract as (

    select
        'ssd_missing' as raw_table,
        replace({{ financial_year('started_on') }}, '/', '-') as collection_year,
        source_file,
        source_row,
        child_id,
        cast(null as date) as birth_date,
        recorded_status,
        started_on,
        ended_on,
        started_at,
        ended_at,
        is_offered_in_extract,
        is_declined_in_extract
    from {{ ref('int_case_missing_rows_judged') }}
    where reject_code is null and not is_repeated

),

missing_rows as (

    select * from rows_of_returns
    union all
    select * from rows_of_extract

),

-- Most starts stand in one row alone: only the others are numbered.
starts_of_several_rows as (

    select
        raw_table,
        child_id,
        started_on
    from missing_rows
    group by raw_table, child_id, started_on
    having count(*) > 1

),

marked as (

    select
        missing_rows.*,
        starts_of_several_rows.child_id is not null as is_one_of_several
    from missing_rows
    left join starts_of_several_rows
        on
            missing_rows.child_id = starts_of_several_rows.child_id
            and missing_rows.started_on = starts_of_several_rows.started_on
            and missing_rows.raw_table = starts_of_several_rows.raw_table

),

numbered as (

    select
        *,
        row_number() over (
            partition by raw_table, collection_year, child_id, started_on
            order by
                ended_on desc nulls first,
                ended_at desc nulls first,
                started_at desc nulls first,
                source_row desc,
                source_file desc
        ) as number_from_latest_end
    from marked
    where is_one_of_several

),

latest as (

    select
        raw_table,
        child_id,
        started_on,
        number_from_latest_end,
        max(collection_year) as collection_year,
        max_by(ended_on, case when ended_on is not null then collection_year end) as latest_end
    from numbered
    group by raw_table, child_id, started_on, number_from_latest_end

),

final as (

    select
        *,
        1 as number_from_latest_end,
        ended_on as latest_end,
        1 as occasion_number
    from marked
    where not is_one_of_several

    union all

    -- Occasions of one day are counted in the order in which they ended.
    select
        numbered.*,
        latest.latest_end,
        row_number() over (
            partition by numbered.raw_table, numbered.child_id, numbered.started_on
            order by
                latest.latest_end asc nulls last,
                numbered.ended_at asc nulls last,
                numbered.started_at asc nulls last,
                numbered.number_from_latest_end desc
        ) as occasion_number
    from numbered
    inner join latest
        on
            numbered.child_id = latest.child_id
            and numbered.started_on = latest.started_on
            and numbered.number_from_latest_end = latest.number_from_latest_end
            and numbered.collection_year = latest.collection_year
            and numbered.raw_table = latest.raw_table

)

select
    raw_table,
    collection_year,
    source_file,
    source_row,
    child_id,
    birth_date,
    recorded_status,
    started_on,
    latest_end as ended_on,
    started_at,
    ended_at,
    is_offered_in_extract,
    is_declined_in_extract,
    cast(number_from_latest_end as int) as number_from_latest_end,
    cast(occasion_number as int) as occasion_number
from final
