-- Rule 9, for the Episodes module: what each rule finds in each row beside other rows and returns.

with episode_rows as (select * from {{ ref('int_episode_rows_judged') }}),

collection_years as (

    select * from {{ ref('int_return_years') }}
    where has_episodes

),

-- As rule 574 does for occasions: of the episodes that come before, the one that ends last.
beside_other_rows as (

    select
        *,
        {{ latest_end_before(
            'collection_year, child_id, case when reject_code is null then 0 else 1 end'
        ) }} as latest_end_before
    from episode_rows

),

joined as (

    select
        beside_other_rows.*,
        returns_after.collection_year as return_after,
        {{ ended_before('beside_other_rows.latest_end_before') }} as ended_before,
        {{ row_before('beside_other_rows.latest_end_before') }} as row_before
    from beside_other_rows
    left join collection_years
        on beside_other_rows.collection_year = collection_years.collection_year
    left join collection_years as returns_after
        on year(collection_years.first_day) + 1 = year(returns_after.first_day)

),

starts_by_return as (

    select distinct
        collection_year,
        child_id,
        started_on
    from episode_rows
    where child_id is not null and started_on is not null

),

judged as (

    select
        joined.collection_year,
        joined.source_file,
        joined.source_row,
        joined.child_id,
        case
            when joined.reject_code is not null then null
            when joined.ended_before = {{ never() }}
                then
                    'DECOM is ' || cast(joined.started_on as string)
                    || ', the episode of row ' || cast(joined.row_before as string)
                    || ' has no end.'
            when joined.ended_before > joined.started_on
                then
                    'DECOM is ' || cast(joined.started_on as string)
                    || ', the episode of row ' || cast(joined.row_before as string)
                    || ' ends on ' || cast(joined.ended_before as string) || '.'
        end as rule_501,
        case
            when
                joined.child_id is not null
                and joined.started_on is not null
                and joined.end_text is null
                and joined.return_after is not null
                and starts_after.child_id is null
                then
                    'DECOM is ' || cast(joined.started_on as string) || ', DEC is blank, '
                    || joined.return_after || ' has no episode of the child with this start.'
        end as rule_502
    from joined
    left join starts_by_return as starts_after
        on
            joined.return_after = starts_after.collection_year
            and joined.child_id = starts_after.child_id
            and joined.started_on = starts_after.started_on

),

final as (

    select * from judged
    where {{ first_broken('501 502') }} is not null

)

select * from final
