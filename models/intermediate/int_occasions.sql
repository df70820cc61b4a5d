-- Rules 3 and 10: the latest return that has an occasion gives its status and end; it is found if
-- any return has an end.

with occasion_rows as (

    select occasion_rows.*
    from {{ ref('int_occasion_rows') }} as occasion_rows
    inner join {{ ref('int_module_sources') }} as module_sources
        on occasion_rows.raw_table = module_sources.raw_table

),

found as (

    select
        child_id,
        started_on,
        number_from_latest_end,
        max(case when ended_on is null then 0 else 1 end) = 1 as is_found
    from occasion_rows
    group by child_id, started_on, number_from_latest_end

),

joined as (

    select
        occasion_rows.*,
        found.is_found
    from occasion_rows
    inner join found
        on
            occasion_rows.child_id = found.child_id
            and occasion_rows.started_on = found.started_on
            and occasion_rows.number_from_latest_end = found.number_from_latest_end
    where occasion_rows.is_latest

),

numbered_for_the_reader as (

    select
        *,
        row_number() over (
            partition by child_id, started_on
            order by
                ended_on asc nulls last,
                ended_at asc nulls last,
                started_at asc nulls last,
                number_from_latest_end desc
        ) as occasion_number
    from joined

),

final as (

    select
        concat_ws(
            '|', child_id, cast(started_on as string), cast(occasion_number as string)
        ) as occasion_id,
        child_id,
        started_on,
        cast(occasion_number as int) as occasion_number,
        ended_on,
        started_at,
        ended_at,
        is_found,
        recorded_status,
        birth_date as birth_date_in_missing,
        is_offered_in_extract,
        is_declined_in_extract,
        collection_year,
        source_file,
        source_row
    from numbered_for_the_reader

)

select * from final
