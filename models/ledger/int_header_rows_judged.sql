-- Rules 7 and 9, for the Header module: what each rule finds in each row, and which rows name no
-- child. Codes stand in the words of the answers, null where the seed does not know one.

with header_rows as (select * from {{ ref('stg_ssda903__header') }}),

judged as (

    select
        header_rows.collection_year,
        header_rows.source_file,
        header_rows.source_row,
        coalesce(child_matches.matched_child_id, header_rows.child_id) as child_id,
        header_rows.birth_text,
        header_rows.birth_date,
        header_rows.sex_code,
        sexes.sex,
        header_rows.ethnic_code,
        ethnic_groups.ethnic_group,
        case
            when header_rows.child_id is null then 'CHILD is blank or no identifier.'
        end as rule_mfc03,
        case
            when header_rows.sex_code is null then 'SEX is blank.'
            when sexes.sex is null then 'SEX reads ' || {{ shown('header_rows.sex_code') }} || '.'
        end as rule_101,
        case
            when header_rows.birth_text is null then 'DOB is blank.'
            when header_rows.birth_date is null
                then 'DOB reads ' || {{ shown('header_rows.birth_text') }} || '.'
        end as rule_102,
        case
            when header_rows.ethnic_code is null then 'ETHNIC is blank.'
            when ethnic_groups.ethnic_group is null
                then 'ETHNIC reads ' || {{ shown('header_rows.ethnic_code') }} || '.'
        end as rule_103,
        {{ child_read_as_another('header_rows.child_id', 'child_matches.matched_child_id') }}
            as rule_mfc51
    from header_rows
    left join {{ ref('int_child_matches') }} as child_matches
        on header_rows.child_id = child_matches.child_id
    left join {{ ref('sexes') }} as sexes on header_rows.sex_code = sexes.sex_code
    left join {{ ref('ethnic_groups') }} as ethnic_groups
        on header_rows.ethnic_code = ethnic_groups.ethnic_code

),

final as (

    select
        *,
        {{ first_broken('MFC03') }} as reject_code
    from judged

)

select * from final
