-- Rule 6: what the Header says of each child. The latest return wins, its last row; a birth date
-- that is blank or unreadable there is taken from the latest row that has one.

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
        ) as place_in_line,
        row_number() over (
            partition by child_id
            order by
                case when birth_date is null then 1 else 0 end,
                collection_year desc,
                source_row desc
        ) as place_among_birth_dates
    from header_rows

),

birth_dates as (

    select
        child_id,
        birth_date
    from ranked
    where place_among_birth_dates = 1

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
        birth_dates.birth_date,
        coalesce(sexes.sex, 'not_known') as sex,
        coalesce(ethnic_groups.ethnic_group, 'not_known') as ethnic_group,
        ranked.collection_year,
        ranked.source_file,
        ranked.source_row
    from ranked
    inner join birth_dates on ranked.child_id = birth_dates.child_id
    left join sexes on ranked.sex_code = sexes.sex_code
    left join ethnic_groups on ranked.ethnic_code = ethnic_groups.ethnic_code
    where ranked.place_in_line = 1

)

select * from final
