-- Rule 9, for the Header module: what each rule finds in each row.

with header_rows as (

    select * from {{ ref('int_header_rows_judged') }}

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
            when sex is null then 'SEX reads ' || {{ shown('sex_code') }} || '.'
        end as rule_101,
        case
            when ethnic_code is null then 'ETHNIC is blank.'
            when ethnic_group is null
                then 'ETHNIC reads ' || {{ shown('ethnic_code') }} || '.'
        end as rule_103,
        case
            when birth_text is null then 'DOB is blank.'
            when birth_date is null then 'DOB reads ' || {{ shown('birth_text') }} || '.'
        end as rule_102
    from header_rows

),

final as (

    {{ rows_by_rule('judged', ['MFC03', '101', '102', '103']) }}

)

select * from final
