-- Rules 3 and 10: the latest return that has an occasion gives its status, the latest that has an
-- end gives that.

with final as (

    select
        concat_ws(
            '|',
            occasion_rows.child_id,
            cast(occasion_rows.started_on as string),
            cast(occasion_rows.occasion_number as string)
        ) as occasion_id,
        occasion_rows.child_id,
        occasion_rows.started_on,
        occasion_rows.occasion_number,
        occasion_rows.ended_on,
        occasion_rows.started_at,
        occasion_rows.ended_at,
        occasion_rows.ended_on is not null as is_found,
        occasion_rows.recorded_status,
        occasion_rows.birth_date as birth_date_in_missing,
        occasion_rows.raw_table = 'ssd_missing' as is_from_extract,
        occasion_rows.is_offered_in_extract,
        occasion_rows.is_declined_in_extract,
        occasion_rows.collection_year,
        occasion_rows.source_file,
        occasion_rows.source_row,
        coalesce({{ council_of('occasion_rows.source_file') }}, '') as folder
    from {{ ref('int_occasion_rows') }} as occasion_rows
    inner join {{ ref('int_module_sources') }} as module_sources
        on occasion_rows.raw_table = module_sources.raw_table

)

select * from final
