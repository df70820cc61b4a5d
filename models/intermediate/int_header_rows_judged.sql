-- Rule 7, for the Header module: which rows name no child. Codes stand in the words of the answers,
-- null where the seed does not know one.

with header_rows as (

    select * from {{ ref('stg_ssda903__header') }}

),

child_matches as (

    select * from {{ ref('int_child_matches') }}

),

sexes as (

    select * from {{ ref('sexes') }}

),

ethnic_groups as (

    select * from {{ ref('ethnic_groups') }}

),

final as (

    select
        header_rows.collection_year,
        header_rows.source_file,
        header_rows.source_row,
        header_rows.child_id as recorded_child_id,
        coalesce(child_matches.matched_child_id, header_rows.child_id) as child_id,
        header_rows.birth_text,
        header_rows.birth_date,
        header_rows.sex_code,
        sexes.sex,
        header_rows.ethnic_code,
        ethnic_groups.ethnic_group,
        case when header_rows.child_id is null then 'MFC03' end as reject_code,
        case when header_rows.child_id is null then header_rows.raw_values end as raw_values
    from header_rows
    left join child_matches on header_rows.child_id = child_matches.child_id
    left join sexes on header_rows.sex_code = sexes.sex_code
    left join ethnic_groups on header_rows.ethnic_code = ethnic_groups.ethnic_code

)

select * from final
