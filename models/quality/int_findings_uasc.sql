-- Rule 9, for the UASC module: what each rule finds in each row beside other rows and modules. By
-- rules 205A to 205D a return and the one before agree on who is UASC: the child's last row of a
-- return speaks, as in rule 12, and a blank DUC means that the status lasts to the 18th birthday.

with uasc_rows as (select * from {{ ref('int_uasc_rows_judged') }}),

collection_years as (select * from {{ ref('int_return_years') }}),

ages as (

    select
        max(case when threshold = 'adult_age' then cast(value as int) end) as adult,
        max(case when threshold = 'youngest_uasc_age' then cast(value as int) end) as youngest
    from {{ ref('thresholds') }}
    where threshold in ('adult_age', 'youngest_uasc_age')

),

returns as (

    select
        collection_years.*,
        returns_before.collection_year as return_before,
        returns_after.collection_year as return_after
    from collection_years
    left join collection_years as returns_before
        on
            year(collection_years.first_day) - 1 = year(returns_before.first_day)
            and returns_before.has_uasc
    left join collection_years as returns_after
        on
            year(collection_years.first_day) + 1 = year(returns_after.first_day)
            and returns_after.has_uasc

),

beside_other_rows as (

    select
        *,
        max(source_row) over (
            partition by collection_year, child_id, is_uasc
        ) as last_row_of_the_child,
        child_id is not null
        and row_number() over (
            partition by collection_year, child_id
            order by case when is_uasc then 0 else 1 end, source_file desc, source_row desc
        ) = 1 as is_status_of_the_child
    from uasc_rows

),

statuses as (

    select * from beside_other_rows
    where is_status_of_the_child

),

joined as (

    select
        uasc_rows.*,
        returns.first_day,
        returns.last_day,
        returns.has_header,
        returns.has_episodes,
        returns.return_before,
        returns.return_after,
        coalesce(sexes.sex, uasc_rows.sex_code) as sex,
        coalesce(in_header.sex, in_header.sex_code) as sex_in_header,
        in_header.sex_code as sex_code_in_header,
        in_header.birth_date as birth_date_in_header,
        coalesce(in_header.is_in_header, false) as is_in_header,
        coalesce(in_header.has_episode_in_year, false) as has_episode_in_year,
        coalesce(header_before.is_in_header, false) as is_in_header_before,
        coalesce(header_after.is_in_header, false) as is_in_header_after,
        year_before.status_ceased_text as status_ceased_text_before,
        year_before.status_ceased_on as status_ceased_on_before,
        year_after.status_ceased_text as status_ceased_text_after,
        coalesce(year_before.is_uasc, false) as was_uasc,
        coalesce(year_after.is_uasc, false) as stays_uasc,
        {{ birthday('coalesce(children.birth_date, uasc_rows.birth_date)', 'ages.adult') }}
            as adult_from,
        {{ birthday('coalesce(children.birth_date, uasc_rows.birth_date)', 'ages.youngest') }}
            as usual_age_from
    from beside_other_rows as uasc_rows
    cross join ages
    left join returns on uasc_rows.collection_year = returns.collection_year
    left join {{ ref('int_children') }} as children on uasc_rows.child_id = children.child_id
    left join {{ ref('sexes') }} as sexes on uasc_rows.sex_code = sexes.sex_code
    {% for in_header, collection_year in [
        ('in_header', 'uasc_rows.collection_year'), ('header_before', 'returns.return_before'),
        ('header_after', 'returns.return_after'),
    ] -%}
        left join {{ ref('int_children_by_return') }} as {{ in_header }}
            on
                {{ collection_year }} = {{ in_header }}.collection_year
                and uasc_rows.child_id = {{ in_header }}.child_id
    {% endfor -%}
    left join statuses as year_before
        on
            returns.return_before = year_before.collection_year
            and uasc_rows.child_id = year_before.child_id
    left join statuses as year_after
        on
            returns.return_after = year_after.collection_year
            and uasc_rows.child_id = year_after.child_id

),

with_blank_days_filled as (

    select
        *,
        coalesce(status_ceased_on, adult_from) as ceased_on,
        coalesce(status_ceased_on_before, adult_from) as ceased_on_before
    from joined

),

judged as (

    select
        collection_year,
        source_file,
        source_row,
        child_id,
        case
            when is_uasc and usual_age_from > last_day
                then
                    'The birthday at the youngest usual age is ' || cast(usual_age_from as string)
                    || ', the year ends on ' || cast(last_day as string) || '.'
        end as rule_231,
        case
            when is_uasc and status_ceased_on > adult_from
                then
                    'DUC is ' || cast(status_ceased_on as string)
                    || ', the 18th birthday is ' || cast(adult_from as string) || '.'
        end as rule_304,
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
        end as rule_int36,
        case
            when is_uasc and has_episodes and child_id is not null and not has_episode_in_year
                then 'Episodes of ' || collection_year || ' has no day of care of the child.'
        end as rule_mfc23,
        case
            when
                is_status_of_the_child
                and is_uasc
                and is_in_header_after
                and not stays_uasc
                and (
                    status_ceased_text_after is not null
                    or not coalesce(ceased_on between first_day and last_day, false)
                )
                then
                    'DUC is ' || {{ shown('status_ceased_text') }} || '; ' || return_after
                    || ' has the child in its Header, not as UASC, with DUC '
                    || {{ shown('status_ceased_text_after') }} || '.'
        end as rule_205a,
        case
            when
                is_status_of_the_child
                and is_uasc
                and was_uasc
                and (
                    ceased_on_before <> adult_from
                    or (
                        ceased_on <> adult_from
                        and ceased_on not between first_day and last_day
                    )
                )
                then
                    'DUC is ' || {{ shown('status_ceased_text') }}
                    || ', in ' || return_before || ' ' || {{ shown('status_ceased_text_before') }}
                    || ', the 18th birthday is ' || cast(adult_from as string) || '.'
        end as rule_205b,
        case
            when
                is_status_of_the_child
                and not is_uasc
                and not was_uasc
                and return_before is not null
                and status_ceased_text is not null
                then
                    'DUC is ' || {{ shown('status_ceased_text') }}
                    || ', ' || return_before || ' does not have the child as UASC.'
        end as rule_205c,
        case
            when is_status_of_the_child and is_uasc and is_in_header_before and not was_uasc
                then return_before || ' has the child in its Header, not as UASC.'
        end as rule_205d
    from with_blank_days_filled

)

select * from judged
