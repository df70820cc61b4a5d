-- Rule 12: the children of each return's UASC table and the last day on which the status holds. The
-- child's last row counts; a date that cannot be read counts as blank.

with uasc_rows as (

    select * from {{ ref('int_uasc_rows_judged') }}
    where reject_code is null and is_uasc

),

ranked as (

    select
        *,
        row_number() over (
            partition by collection_year, child_id
            order by source_row desc
        ) as place_in_line
    from uasc_rows

),

final as (

    select
        collection_year,
        child_id,
        status_ceased_on,
        source_file,
        source_row
    from ranked
    where place_in_line = 1

)

select * from final
