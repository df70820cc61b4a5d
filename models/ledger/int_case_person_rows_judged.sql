-- Rule 7, for the persons of a case-management extract: which rows name no child. Codes stand in
-- the words of the answers, null where the seed does not know one.

with persons as (select * from {{ ref('stg_ssd__person') }}),

final as (

    select
        persons.source_file,
        persons.source_row,
        coalesce(child_matches.matched_child_id, persons.child_id) as child_id,
        persons.birth_text,
        persons.birth_date,
        persons.sex_code,
        sexes.sex,
        persons.ethnic_code,
        ethnic_groups.ethnic_group,
        persons.taken_on,
        case when persons.child_id is null then 'MFC41' end as reject_code
    from persons
    left join {{ ref('int_child_matches') }} as child_matches
        on persons.child_id = child_matches.child_id
    left join {{ ref('sexes') }} as sexes on persons.sex_code = sexes.sex_code
    left join {{ ref('ethnic_groups') }} as ethnic_groups
        on persons.ethnic_code = ethnic_groups.ethnic_code

)

select * from final
