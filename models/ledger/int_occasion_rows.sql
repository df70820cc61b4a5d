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

numbered as (

    select
        missing_rows.*,
        row_number() over (
            partition by
                missing_rows.raw_table,
                missing_rows.collection_year,
                missing_rows.child_id,
                missing_rows.started_on
            order by
                missing_rows.ended_on desc nulls first,
                missing_rows.ended_at desc nulls first,
                missing_rows.started_at desc nulls first,
                missing_rows.source_row desc,
                missing_rows.source_file desc
        ) as number_from_latest_end
    from missing_rows
    inner join starts_of_several_rows
        on
            missing_rows.raw_table = starts_of_several_rows.raw_table
            and missing_rows.child_id = starts_of_several_rows.child_id
            and missing_rows.started_on = starts_of_several_rows.started_on

),

ranked as (

    select
        *,
        row_number() over (
            partition by raw_table, child_id, started_on, number_from_latest_end
            order by collection_year desc
        ) = 1 as is_latest,
        max_by(ended_on, case when ended_on is not null then collection_year end) over (
            partition by raw_table, child_id, started_on, number_from_latest_end
            order by collection_year desc
            rows between unbounded preceding and unbounded following
        ) as latest_end
    from numbered

),

-- Occasions of one day are counted in the order in which they ended.
counted as (

    select
        *,
        row_number() over (
            partition by raw_table, child_id, started_on, is_latest
            order by
                latest_end asc nulls last,
                ended_at asc nulls last,
                started_at asc nulls last,
                number_from_latest_end desc
        ) as occasion_number
    from ranked

),

final as (

    select
        missing_rows.*,
        coalesce(counted.number_from_latest_end, 1) as number_from_latest_end,
        coalesce(counted.is_latest, true) as is_latest,
        case
            when counted.source_row is null then missing_rows.ended_on
            else counted.latest_end
        end as latest_end,
        cast(coalesce(counted.occasion_number, 1) as int) as occasion_number
    from missing_rows
    left join counted
        on
            missing_rows.raw_table = counted.raw_table
            and missing_rows.collection_year = counted.collection_year
            and missing_rows.source_file = counted.source_file
            and missing_rows.source_row = counted.source_row

)

select * from final
