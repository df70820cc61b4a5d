-- Rule 5: what is known of each episode of care once all returns are read. The latest return wins;
-- an open episode that a later return of the same council does not repeat ended with its own
-- return's year. An episode of a case-management extract belongs to no return: it is open as long
-- as the extract says so. Rule 23: with each stands the day on which its period of care began.

with rows_of_returns as (

    select
        'ssda903_episodes' as raw_table,
        collection_year,
        source_file,
        source_row,
        child_id,
        started_on,
        ended_on,
        reason_started_code,
        reason_ceased_code,
        legal_status_code,
        placement_code,
        cast(null as int) as miles_from_home
    from {{ ref('int_episode_rows_judged') }}
    where reject_code is null

),

rows_of_extract as (

    select
        'ssd_cla_episodes' as raw_table,
        cast(null as string) as collection_year,
        source_file,
        source_row,
        child_id,
        started_on,
        ended_on,
        reason_started_code,
        reason_ceased_code,
        legal_status_code,
        placement_code,
        miles_from_home
    from {{ ref('int_case_episode_rows_judged') }}
    where reject_code is null and not is_repeated

),

all_rows as (

    select * from rows_of_returns
    union all
    select * from rows_of_extract

),

episode_rows as (

    select all_rows.*
    from all_rows
    inner join {{ ref('int_module_sources') }} as module_sources
        on all_rows.raw_table = module_sources.raw_table

),

council_years as (select * from {{ ref('int_council_years') }}),

ranked as (

    select
        *,
        row_number() over (
            partition by child_id, started_on
            order by
                collection_year desc nulls last,
                ended_on desc nulls first,
                source_row desc,
                source_file desc
        ) as place_in_line
    from episode_rows

),

places as (

    select * from {{ ref('stg_episode_places') }}
    where placement_area <> 'not_known' or miles_from_home is not null

),

latest_episodes_returns as (

    select
        folder,
        max(collection_year) as collection_year
    from council_years
    where has_episodes
    group by folder

),

ended_and_known as (

    select
        ranked.child_id,
        ranked.started_on,
        case
            when
                ranked.ended_on is null
                and ranked.collection_year < latest_episodes_returns.collection_year
                then council_years.last_day
            else ranked.ended_on
        end as ended_on,
        ranked.reason_started_code,
        ranked.reason_ceased_code,
        ranked.legal_status_code,
        coalesce(legal_statuses.is_short_break = 'true', false) as is_short_break,
        ranked.placement_code,
        ranked.raw_table,
        ranked.collection_year,
        ranked.source_file,
        ranked.source_row,
        councils.la_code,
        coalesce(places.placement_area, 'not_known') as placement_area,
        coalesce(places.miles_from_home, ranked.miles_from_home) as miles_from_home
    from ranked
    left join {{ ref('int_councils') }} as councils
        on coalesce({{ council_of('ranked.source_file') }}, '') = councils.folder
    left join council_years
        on
            councils.folder = council_years.folder
            and ranked.collection_year = council_years.collection_year
    left join places
        on
            ranked.collection_year = places.collection_year
            and ranked.source_file = places.source_file
            and ranked.source_row = places.source_row
    left join latest_episodes_returns on councils.folder = latest_episodes_returns.folder
    left join {{ ref('legal_statuses') }} as legal_statuses
        on ranked.legal_status_code = legal_statuses.legal_status_code
    where ranked.place_in_line = 1

),

with_latest_end as (

    select
        *,
        max(coalesce(ended_on, {{ never() }})) over (
            partition by child_id, is_short_break
            order by started_on
            rows between unbounded preceding and 1 preceding
        ) as latest_end_before
    from ended_and_known

),

reasons as (

    select value as started_care
    from {{ ref('thresholds') }}
    where threshold = 'reason_started_care'

),

-- A period of care goes on while no whole day lies between two episodes.
with_first_episodes as (

    select
        with_latest_end.*,
        coalesce({{ days_between('latest_end_before', 'started_on') }} > 1, true) as is_first,
        coalesce(reason_started_code = reasons.started_care, false) as is_start_of_care
    from with_latest_end
    cross join reasons

),

with_periods as (

    select
        *,
        max(case when is_first then started_on end) over (
            partition by child_id, is_short_break
            order by started_on
            rows between unbounded preceding and current row
        ) as period_started_on,
        max(case when is_first and is_start_of_care then started_on end) over (
            partition by child_id, is_short_break
            order by started_on
            rows between unbounded preceding and current row
        ) as care_started_on,
        lead(started_on) over (
            partition by child_id, is_short_break
            order by started_on
        ) as next_started_on
    from with_first_episodes

),

-- Where an earlier return has the first episode, the day on which care began is not known.
final as (

    select
        child_id,
        started_on,
        ended_on,
        reason_ceased_code,
        legal_status_code,
        is_short_break,
        not is_short_break and next_started_on is null as is_last,
        placement_code,
        raw_table,
        collection_year,
        source_file,
        source_row,
        la_code,
        placement_area,
        miles_from_home,
        case when care_started_on = period_started_on then care_started_on end as care_started_on
    from with_periods

)

select * from final
