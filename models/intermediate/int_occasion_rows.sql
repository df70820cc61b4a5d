-- Rules 2 and 3: which rows of several returns are the same occasion. Within one return the rows of
-- a child with the same start are numbered from the latest end, so an occasion that is carried over
-- keeps its number while the ended ones of the same day stay apart.

with missing_rows as (

    select * from {{ ref('int_missing_rows_judged') }}
    where reject_code is null

),

numbered as (

    select
        *,
        row_number() over (
            partition by collection_year, child_id, started_on
            order by ended_on desc nulls first, source_row desc
        ) as number_from_latest_end
    from missing_rows

),

final as (

    select
        collection_year,
        source_file,
        source_row,
        child_id,
        birth_date,
        recorded_status,
        started_on,
        ended_on,
        number_from_latest_end,
        row_number() over (
            partition by child_id, started_on, number_from_latest_end
            order by collection_year desc
        ) = 1 as is_latest
    from numbered

)

select * from final
