-- Rule 12: the children of each return's UASC table and the last day on which the status holds. The
-- child's last row counts; a date that cannot be read counts as blank. In a case-management extract
-- the status stands in words and over years: each year it reaches into is a year with the child in
-- it, by the row that ends last.

with rows_of_returns as (

    select
        'ssda903_uasc' as raw_table,
        collection_year,
        source_file,
        source_row,
        child_id,
        status_ceased_on,
        row_number() over (
            partition by collection_year, child_id
            order by source_file desc, source_row desc
        ) as place_in_line
    from {{ ref('int_uasc_rows_judged') }}
    where reject_code is null and is_uasc

),

rows_of_extract as (

    select
        'ssd_immigration_status' as raw_table,
        collection_years.collection_year,
        immigration_rows.source_file,
        immigration_rows.source_row,
        immigration_rows.child_id,
        immigration_rows.status_ceased_on,
        row_number() over (
            partition by collection_years.collection_year, immigration_rows.child_id
            order by
                immigration_rows.status_ceased_on desc nulls first,
                {{ newest_first('immigration_rows') }}
        ) as place_in_line
    from {{ ref('int_case_immigration_rows_judged') }} as immigration_rows
    inner join {{ ref('int_council_years') }} as collection_years
        on
            coalesce({{ council_of('immigration_rows.source_file') }}, '') = collection_years.folder
            and collection_years.has_uasc
            and collection_years.last_day
            >= coalesce(immigration_rows.status_began_on, collection_years.last_day)
            and collection_years.first_day
            <= coalesce(immigration_rows.status_ceased_on, collection_years.first_day)
    where
        immigration_rows.reject_code is null
        and not immigration_rows.is_repeated
        and immigration_rows.is_uasc

),

all_rows as (

    select * from rows_of_returns
    union all
    select * from rows_of_extract

),

final as (

    select
        all_rows.collection_year,
        all_rows.child_id,
        all_rows.status_ceased_on,
        all_rows.raw_table,
        all_rows.source_file,
        all_rows.source_row
    from all_rows
    inner join {{ ref('int_module_sources') }} as module_sources
        on all_rows.raw_table = module_sources.raw_table
    where all_rows.place_in_line = 1

)

select * from final
