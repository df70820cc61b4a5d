-- Rule 9, for the UASC module: what each rule finds in each row beside other rows and modules.

with uasc_rows as (

    select * from {{ ref('int_uasc_rows_judged') }}

),

collection_years as (

    select * from {{ ref('int_return_years') }}

),

children_by_return as (

    select * from {{ ref('int_children_by_return') }}

),

children as (

    select * from {{ ref('int_children') }}

),

sexes as (

    select * from {{ ref('sexes') }}

),

ages as (

    select
        max(case when threshold = 'adult_age' then cast(value as int) end) as adult,
        max(case when threshold = 'youngest_uasc_age' then cast(value as int) end) as youngest
    from {{ ref('thresholds') }}
    where threshold in ('adult_age', 'youngest_uasc_age')

),

beside_other_rows as (

    select
        *,
        max(source_row) over (
            partition by collection_year, child_id, is_uasc
        ) as last_row_of_the_child
    from uasc_rows

),

joined as (

    select
        beside_other_rows.*,
        collection_years.last_day,
        collection_years.has_header,
        collection_years.has_episodes,
        coalesce(sexes.sex, beside_other_rows.sex_code) as sex,
        coalesce(children_by_return.sex, children_by_return.sex_code) as sex_in_header,
        children_by_return.sex_code as sex_code_in_header,
        children_by_return.birth_date as birth_date_in_header,
        coalesce(children_by_return.is_in_header, false) as is_in_header,
        coalesce(children_by_return.has_episode_in_year, false) as has_episode_in_year,
        {{ birthday(
            'coalesce(children.birth_date, beside_other_rows.birth_date)',
            'ages.adult'
        ) }} as adult_from,
        {{ birthday(
            'coalesce(children.birth_date, beside_other_rows.birth_date)',
            'ages.youngest'
        ) }} as usual_age_from
    from beside_other_rows
    cross join ages
    left join collection_years
        on beside_other_rows.collection_year = collection_years.collection_year
    left join children_by_return
        on
            beside_other_rows.collection_year = children_by_return.collection_year
            and beside_other_rows.child_id = children_by_return.child_id
    left join children on beside_other_rows.child_id = children.child_id
    left join sexes on beside_other_rows.sex_code = sexes.sex_code

),

judged as (

    select
        collection_year,
        source_file,
        source_row,
        child_id,
        case
            when is_uasc and status_ceased_on > adult_from
                then
                    'DUC is ' || cast(status_ceased_on as string)
                    || ', the 18th birthday is ' || cast(adult_from as string) || '.'
        end as rule_304,
        case
            when is_uasc and usual_age_from > last_day
                then
                    'The birthday at the youngest usual age is '
                    || cast(usual_age_from as string)
                    || ', the year ends on ' || cast(last_day as string) || '.'
        end as rule_231,
        case
            when is_uasc and has_episodes and child_id is not null and not has_episode_in_year
                then 'Episodes of ' || collection_year || ' has no day of care of the child.'
        end as rule_mfc23,
        case
            when is_uasc and has_header and child_id is not null and not is_in_header
                then 'Header of ' || collection_year || ' has no row of the child.'
        end as rule_int09,
        case
            when is_uasc and birth_date <> birth_date_in_header
                then
                    'DOB is ' || cast(birth_date as string)
                    || ', in the Header ' || cast(birth_date_in_header as string) || '.'
        end as rule_int18,
        case
            when is_uasc and sex <> sex_in_header
                then
                    'SEX is ' || {{ shown('sex_code') }}
                    || ', in the Header ' || {{ shown('sex_code_in_header') }} || '.'
        end as rule_int21,
        case
            when is_uasc and child_id is not null and source_row < last_row_of_the_child
                then
                    'The last row of the child is row '
                    || cast(last_row_of_the_child as string) || '.'
        end as rule_int36
    from joined

)

select * from judged
