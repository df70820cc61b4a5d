-- Rule 6: what the Header says of each child: the last row in the latest return that has it, or the
-- last row in the case-management extract.

with rows_of_returns as (

    select
        'ssda903_header' as raw_table,
        collection_year,
        source_file,
        source_row,
        child_id,
        birth_date,
        sex_code,
        ethnic_code
    from {{ ref('stg_ssda903__header') }}
    where child_id is not null

),

rows_of_extract as (

    select
        'ssd_person' as raw_table,
        cast(null as string) as collection_year,
        source_file,
        source_row,
        child_id,
        birth_date,
        sex_code,
        ethnic_code
    from {{ ref('stg_ssd__person') }}
    where child_id is not null

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
                source_file desc,
                source_row desc
        ) as place_in_line
    from header_rows

),

sexes as (

    select * from {{ ref('sexes') }}

),

ethnic_groups as (

    select * from {{ ref('ethnic_groups') }}

),

final as (

    select
        ranked.child_id,
        ranked.birth_date,
        coalesce(sexes.sex, 'not_known') as sex,
        coalesce(ethnic_groups.ethnic_group, 'not_known') as ethnic_group,
        ranked.raw_table,
        ranked.collection_year,
        ranked.source_file,
        ranked.source_row
    from ranked
    left join sexes on ranked.sex_code = sexes.sex_code
    left join ethnic_groups on ranked.ethnic_code = ethnic_groups.ethnic_code
    where ranked.place_in_line = 1

)

select * from final
