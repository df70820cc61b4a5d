-- Rule 9, for the Missing module: what each rule finds in each row beside other rows and modules.

with missing_rows as (select * from {{ ref('int_missing_rows_judged') }}),

collection_years as (select * from {{ ref('int_return_years') }}),

care_by_return as (select * from {{ ref('int_care_by_return') }}),

definitions as (

    select
        definitions.*,
        councils.folder
    from {{ ref('int_definitions') }} as definitions
    inner join {{ ref('int_councils') }} as councils on definitions.la_code = councils.la_code

),

adult_age as (

    select cast(value as int) as years
    from {{ ref('thresholds') }}
    where threshold = 'adult_age'

),

reason_at_18 as (

    select value as code
    from {{ ref('thresholds') }}
    where threshold = 'reason_ceased_at_18'

),

-- The return before and after are those of the collection years just before and after, if landed.
returns as (

    select
        collection_years.collection_year,
        collection_years.has_header,
        collection_years.has_episodes,
        returns_before.collection_year as return_before,
        returns_after.collection_year as return_after
    from collection_years
    left join collection_years as returns_before
        on
            year(collection_years.first_day) - 1 = year(returns_before.first_day)
            and returns_before.has_missing
    left join collection_years as returns_after
        on
            year(collection_years.first_day) + 1 = year(returns_after.first_day)
            and returns_after.has_missing

),

-- Rule 3 numbers the rows that are accepted; rejected ones come after them.
numbered as (

    select
        *,
        started_on is not null
        and (end_text is null or ended_on >= started_on) as is_interval,
        row_number() over (
            partition by collection_year, child_id, started_on
            order by
                case when reject_code is null then 0 else 1 end,
                ended_on desc nulls first,
                source_row desc
        ) as number_from_latest_end
    from missing_rows

),

-- Of the child's occasions that come before in a return, by start and then by end, the one that
-- ends last: if any of them overlaps this one, that one does. Two that start and end on one day do
-- not overlap, nor does one of them overlap one that starts that day and goes on.
beside_other_rows as (

    select
        *,
        {{ latest_end_before('collection_year, child_id, is_interval') }} as latest_end_before,
        lag(collection_year) over (
            partition by child_id, started_on, number_from_latest_end
            order by collection_year
        ) as return_that_had_it,
        lag(end_text) over (
            partition by child_id, started_on, number_from_latest_end
            order by collection_year
        ) as end_text_before,
        lead(collection_year) over (
            partition by child_id, started_on, number_from_latest_end
            order by collection_year
        ) as return_that_has_it_next,
        lag(recorded_status) over (
            partition by
                child_id, started_on, number_from_latest_end, coalesce(reject_code, 'accepted')
            order by collection_year
        ) as status_before,
        min(source_row) over (
            partition by
                collection_year, child_id, started_on, ended_on, recorded_status, source_file,
                coalesce(reject_code, 'accepted')
        ) as first_row_of_the_same
    from numbered

),

-- On a changeover day the episode that started last speaks, as in rule 5.
care_of_the_rows as (

    select
        missing_rows.source_file,
        missing_rows.source_row,
        max_by(
            care_by_return.last_day,
            case
                when care_by_return.last_day >= missing_rows.started_on
                    then care_by_return.started_on
            end
        ) as episode_last_day,
        max_by(care_by_return.period_last_day, care_by_return.started_on) as period_last_day
    from missing_rows
    inner join care_by_return
        on
            missing_rows.collection_year = care_by_return.collection_year
            and missing_rows.child_id = care_by_return.child_id
            and missing_rows.started_on >= care_by_return.started_on
    group by missing_rows.source_file, missing_rows.source_row

),

ends_of_care as (

    select
        care_by_return.collection_year,
        care_by_return.child_id,
        care_by_return.recorded_end,
        max(coalesce(care_by_return.reason_ceased_code, 'blank')) as reason_ceased_code,
        max(
            case when care_by_return.reason_ceased_code = reason_at_18.code then 1 else 0 end
        ) = 1 as is_because_of_18
    from care_by_return
    cross join reason_at_18
    where care_by_return.recorded_end is not null
    group by
        care_by_return.collection_year, care_by_return.child_id, care_by_return.recorded_end

),

joined as (

    select
        beside_other_rows.*,
        returns.has_header,
        returns.has_episodes,
        returns.return_before,
        returns.return_after,
        children_by_return.birth_date as birth_date_in_header,
        coalesce(children_by_return.is_in_header, false) as is_in_header,
        coalesce(children_by_return.has_episode_in_year, false) as has_episode_in_year,
        coalesce(children.birth_date, beside_other_rows.birth_date) as known_birth_date,
        {{ birthday(
            'coalesce(children.birth_date, beside_other_rows.birth_date)',
            'adult_age.years'
        ) }} as adult_from,
        care_of_the_rows.episode_last_day,
        care_of_the_rows.period_last_day,
        ends_of_care.reason_ceased_code,
        ends_of_care.is_because_of_18,
        definitions.absent_counts_as,
        {{ ended_before('beside_other_rows.latest_end_before') }} as ended_before,
        {{ row_before('beside_other_rows.latest_end_before') }} as row_before
    from beside_other_rows
    cross join adult_age
    left join returns on beside_other_rows.collection_year = returns.collection_year
    left join {{ ref('int_children_by_return') }} as children_by_return
        on
            beside_other_rows.collection_year = children_by_return.collection_year
            and beside_other_rows.child_id = children_by_return.child_id
    left join {{ ref('int_children') }} as children
        on beside_other_rows.child_id = children.child_id
    left join care_of_the_rows
        on
            beside_other_rows.source_file = care_of_the_rows.source_file
            and beside_other_rows.source_row = care_of_the_rows.source_row
    left join ends_of_care
        on
            beside_other_rows.collection_year = ends_of_care.collection_year
            and beside_other_rows.child_id = ends_of_care.child_id
            and beside_other_rows.ended_on = ends_of_care.recorded_end
    left join definitions
        on
            coalesce({{ council_of('beside_other_rows.source_file') }}, '') = definitions.folder
            and beside_other_rows.started_on
            >= coalesce(definitions.valid_from, beside_other_rows.started_on)
            and beside_other_rows.started_on
            <= coalesce(definitions.valid_to, beside_other_rows.started_on)

),

judged as (

    select
        collection_year,
        source_file,
        source_row,
        child_id,
        case
            when child_id is not null and is_interval and ended_before = {{ never() }}
                then
                    'MIS_START is ' || cast(started_on as string)
                    || ', the occasion of row ' || cast(row_before as string) || ' has no end.'
            when child_id is not null and is_interval and ended_before > started_on
                then
                    'MIS_START is ' || cast(started_on as string)
                    || ', the occasion of row ' || cast(row_before as string)
                    || ' ends on ' || cast(ended_before as string) || '.'
        end as rule_574,
        case
            when end_text is null and episode_last_day < {{ never() }}
                then
                    'MIS_START is ' || cast(started_on as string)
                    || ', MIS_END is blank, the episode ended on '
                    || cast(episode_last_day as string) || '.'
        end as rule_575,
        case
            when
                child_id is not null
                and started_on is not null
                and end_text is null
                and return_after is not null
                and coalesce(return_that_has_it_next, '') <> return_after
                then
                    'MIS_START is ' || cast(started_on as string) || ', MIS_END is blank, '
                    || return_after || ' does not have the occasion.'
        end as rule_576,
        case
            when
                period_last_day >= started_on
                and period_last_day < {{ never() }}
                and (end_text is null or ended_on > period_last_day)
                then
                    'MIS_END is ' || coalesce(cast(ended_on as string), 'blank')
                    || ', the period of care ended on ' || cast(period_last_day as string) || '.'
        end as rule_577,
        case
            when period_last_day < started_on
                then
                    'MIS_START is ' || cast(started_on as string)
                    || ', the period of care ended on ' || cast(period_last_day as string) || '.'
        end as rule_578,
        case
            when ended_on = adult_from and not is_because_of_18
                then
                    'MIS_END, DEC and the 18th birthday are ' || cast(ended_on as string)
                    || ', REC is ' || {{ shown('reason_ceased_code') }} || '.'
        end as rule_580,
        case
            when
                has_episodes
                and child_id is not null
                and started_on is not null
                and coalesce(period_last_day < started_on, true)
                then 'MIS_START is ' || cast(started_on as string) || '.'
        end as rule_581,
        case
            when started_on <= known_birth_date
                then
                    'MIS_START is ' || cast(started_on as string)
                    || ', the birth date is ' || cast(known_birth_date as string) || '.'
        end as rule_586,
        case
            when has_episodes and child_id is not null and not has_episode_in_year
                then 'Episodes of ' || collection_year || ' has no day of care of the child.'
        end as rule_1012,
        case
            when has_header and child_id is not null and not is_in_header
                then 'Header of ' || collection_year || ' has no row of the child.'
        end as rule_int04,
        case
            when birth_date <> birth_date_in_header
                then
                    'DOB is ' || cast(birth_date as string)
                    || ', in the Header ' || cast(birth_date_in_header as string) || '.'
        end as rule_int13,
        case
            when reject_code is null and recorded_status <> status_before
                then 'It is ' || recorded_status || ' here and ' || status_before || ' before.'
        end as rule_mfc09,
        case
            when
                child_id is not null
                and started_on < return_starts_on
                and coalesce(return_that_had_it, '') <> return_before
                then
                    'MIS_START is ' || cast(started_on as string) || ', '
                    || return_before || ' does not have the occasion.'
            when
                child_id is not null
                and started_on < return_starts_on
                and return_before is not null
                and end_text_before is not null
                then
                    'MIS_START is ' || cast(started_on as string) || ', in '
                    || return_before || ' MIS_END reads ' || {{ shown('end_text_before') }} || '.'
        end as rule_mfc10,
        case
            when recorded_status = 'A' and absent_counts_as <> 'absent'
                then
                    'MISSING reads ' || {{ shown('status_text') }}
                    || ', MIS_START is ' || cast(started_on as string) || '.'
        end as rule_mfc11,
        case
            when reject_code is null and source_row > first_row_of_the_same
                then
                    'It says the same as row ' || cast(first_row_of_the_same as string)
                    || ': MIS_START is ' || cast(started_on as string)
                    || ', MIS_END is ' || coalesce(cast(ended_on as string), 'blank') || '.'
        end as rule_mfc24
    from joined

),

final as (

    select * from judged
    where {{ first_broken(
        '574 575 576 577 578 580 581 586 1012 INT04 INT13 MFC09 MFC10 MFC11 MFC24'
    ) }} is not null

)

select * from final
