-- Rules 3 and 10: the latest return that has an occasion gives its status, the latest that has an
-- end gives that.

with occasion_rows as (

    select occasion_rows.*
    from {{ ref('int_occasion_rows') }} as occasion_rows
    inner join {{ ref('int_module_sources') }} as module_sources
        on occasion_rows.raw_table = module_sources.raw_table

),

numbered_for_the_reader as (

    select
        *,
        row_number() over (
            partition by child_id, started_on
            order by
                latest_end asc nulls last,
                ended_at asc nulls last,
                started_at asc nulls last,
                number_from_latest_end desc
        ) as occasion_number
    from occasion_rows
    where is_latest

),

final as (

    select
        concat_ws(
            '|', child_id, cast(started_on as string), cast(occasion_number as string)
        ) as occasion_id,
        child_id,
        started_on,
        cast(occasion_number as int) as occasion_number,
        latest_end as ended_on,
        started_at,
        ended_at,
        latest_end is not null as is_found,
        recorded_status,
        birth_date as birth_date_in_missing,
        raw_table = 'ssd_missing' as is_from_extract,
        is_offered_in_extract,
        is_declined_in_extract,
        collection_year,
        source_file,
        source_row
    from numbered_for_the_reader

)

select * from final
