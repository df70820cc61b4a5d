-- Rule 9, for the Header module: what each rule finds in each row.

with header_rows as (

    select * from {{ ref('stg_ssda903__header') }}

),

sexes as (

    select * from {{ ref('sexes') }}

),

ethnic_groups as (

    select * from {{ ref('ethnic_groups') }}

),

joined as (

    select
        header_rows.*,
        sexes.sex_code is not null as is_sex_known,
        ethnic_groups.ethnic_code is not null as is_ethnic_group_known
    from header_rows
    left join sexes on header_rows.sex_code = sexes.sex_code
    left join ethnic_groups on header_rows.ethnic_code = ethnic_groups.ethnic_code

),

judged as (

    select
        collection_year,
        source_file,
        source_row,
        child_id,
        case when child_id is null then 'CHILD is blank or no identifier.' end as rule_mfc03,
        case
            when sex_code is null then 'SEX is blank.'
            when not is_sex_known then 'SEX reads ' || {{ shown('sex_code') }} || '.'
        end as rule_101,
        case
            when ethnic_code is null then 'ETHNIC is blank.'
            when not is_ethnic_group_known
                then 'ETHNIC reads ' || {{ shown('ethnic_code') }} || '.'
        end as rule_103,
        case
            when birth_text is null then 'DOB is blank.'
            when birth_date is null then 'DOB reads ' || {{ shown('birth_text') }} || '.'
        end as rule_102
    from joined

),

final as (

    {{ rows_by_rule('judged', ['MFC03', '101', '102', '103']) }}

)

select * from final
