-- Rule 6: what the Header says of each child: the last row in the latest return that has it, or the
-- row in the newest case-management extract (rule 21).

with rows_of_returns as (

    select
        'ssda903_header' as raw_table,
        collection_year,
        source_file,
        source_row,
        child_id,
        birth_text,
        birth_date,
        sex,
        ethnic_group,
        cast(null as date) as taken_on
    from {{ ref('int_header_rows_judged') }}
    where reject_code is null

),

rows_of_extract as (

    select
        'ssd_person' as raw_table,
        cast(null as string) as collection_year,
        source_file,
        source_row,
        child_id,
        birth_text,
        birth_date,
        sex,
        ethnic_group,
        taken_on
    from {{ ref('int_case_person_rows_judged') }}
    where reject_code is null

),

all_rows as (

    select * from rows_of_returns
    union all
    select * from rows_of_extract

),

header_rows as (

    select all_rows.*
    from all_rows
    inner join {{ ref('int_module_sources') }} as module_sources
        on all_rows.raw_table = module_sources.raw_table

),

ranked as (

    select
        *,
        row_number() over (
            partition by child_id
            order by
                collection_year desc nulls last,
                {{ newest_first() }}
        ) as place_in_line
    from header_rows

),

final as (

    select
        child_id,
        birth_text,
        birth_date,
        coalesce(sex, 'not_known') as sex,
        coalesce(ethnic_group, 'not_known') as ethnic_group,
        raw_table,
        collection_year,
        source_file,
        source_row
    from ranked
    where place_in_line = 1

)

select * from final
