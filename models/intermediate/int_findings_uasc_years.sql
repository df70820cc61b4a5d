-- Rules 205A to 205D: whether a return and the one before agree on who is UASC. The child's last
-- row of a return speaks, as in rule 12, and a blank DUC means that the status lasts to the 18th
-- birthday.

with uasc_rows as (

    select * from {{ ref('int_uasc_rows_judged') }}
    where child_id is not null

),

collection_years as (

    select * from {{ ref('int_return_years') }}
    where has_uasc

),

children_by_return as (

    select * from {{ ref('int_children_by_return') }}
    where is_in_header

),

children as (

    select * from {{ ref('int_children') }}

),

adult_age as (

    select cast(value as int) as years
    from {{ ref('thresholds') }}
    where threshold = 'adult_age'

),

returns as (

    select
        collection_years.collection_year,
        collection_years.first_day,
        collection_years.last_day,
        returns_before.collection_year as return_before,
        returns_after.collection_year as return_after
    from collection_years
    left join collection_years as returns_before
        on year(collection_years.first_day) - 1 = year(returns_before.first_day)
    left join collection_years as returns_after
        on year(collection_years.first_day) + 1 = year(returns_after.first_day)

),

ranked as (

    select
        *,
        row_number() over (
            partition by collection_year, child_id
            order by case when is_uasc then 0 else 1 end, source_file desc, source_row desc
        ) as place_in_line
    from uasc_rows

),

statuses as (

    select * from ranked
    where place_in_line = 1

),

joined as (

    select
        statuses.collection_year,
        statuses.source_file,
        statuses.source_row,
        statuses.child_id,
        statuses.is_uasc,
        statuses.status_ceased_text,
        statuses.status_ceased_on,
        returns.first_day,
        returns.last_day,
        returns.return_before,
        returns.return_after,
        year_before.status_ceased_text as status_ceased_text_before,
        year_before.status_ceased_on as status_ceased_on_before,
        year_after.status_ceased_text as status_ceased_text_after,
        coalesce(year_before.is_uasc, false) as was_uasc,
        coalesce(year_after.is_uasc, false) as stays_uasc,
        header_before.child_id is not null as is_in_header_before,
        header_after.child_id is not null as is_in_header_after,
        {{ birthday(
            'coalesce(children.birth_date, statuses.birth_date)', 'adult_age.years'
        ) }} as adult_from
    from statuses
    cross join adult_age
    inner join returns on statuses.collection_year = returns.collection_year
    left join statuses as year_before
        on
            returns.return_before = year_before.collection_year
            and statuses.child_id = year_before.child_id
    left join statuses as year_after
        on
            returns.return_after = year_after.collection_year
            and statuses.child_id = year_after.child_id
    left join children_by_return as header_before
        on
            returns.return_before = header_before.collection_year
            and statuses.child_id = header_before.child_id
    left join children_by_return as header_after
        on
            returns.return_after = header_after.collection_year
            and statuses.child_id = header_after.child_id
    left join children on statuses.child_id = children.child_id

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
            when
                is_uasc
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
                is_uasc
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
                not is_uasc
                and not was_uasc
                and return_before is not null
                and status_ceased_text is not null
                then
                    'DUC is ' || {{ shown('status_ceased_text') }}
                    || ', ' || return_before || ' does not have the child as UASC.'
        end as rule_205c,
        case
            when is_uasc and is_in_header_before and not was_uasc
                then return_before || ' has the child in its Header, not as UASC.'
        end as rule_205d
    from with_blank_days_filled

)

select * from judged
