-- Rule 6: what the Header says of each child: the last row in the latest return that has it.

with header_rows as (

    select * from {{ ref('stg_ssda903__header') }}
    where child_id is not null

),

ranked as (

    select
        *,
        row_number() over (
            partition by child_id
            order by collection_year desc, source_row desc
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
        ranked.collection_year,
        ranked.source_file,
        ranked.source_row
    from ranked
    left join sexes on ranked.sex_code = sexes.sex_code
    left join ethnic_groups on ranked.ethnic_code = ethnic_groups.ethnic_code
    where ranked.place_in_line = 1

)

select * from final
