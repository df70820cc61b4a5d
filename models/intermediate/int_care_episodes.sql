-- Rule 5: what is known of each episode of care once all returns are read. The latest return wins;
-- an open episode that a later return of the same council does not repeat ended with its own
-- return's year. An episode
-- of a case-management extract belongs to no return: it is open as long as the extract says so.

with rows_of_returns as (

    select
        'ssda903_episodes' as raw_table,
        collection_year,
        source_file,
        source_row,
        child_id,
        started_on,
        ended_on,
        legal_status_code,
        placement_code
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
        legal_status_code,
        placement_code
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

legal_statuses as (

    select * from {{ ref('legal_statuses') }}

),

council_years as (

    select * from {{ ref('int_council_years') }}

),

councils as (

    select * from {{ ref('int_councils') }}

),

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

latest_episodes_returns as (

    select
        folder,
        max(collection_year) as collection_year
    from council_years
    where has_episodes
    group by folder

),

final as (

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
        ranked.legal_status_code,
        coalesce(legal_statuses.is_short_break = 'true', false) as is_short_break,
        ranked.placement_code,
        ranked.raw_table,
        ranked.collection_year,
        ranked.source_file,
        ranked.source_row,
        councils.la_code
    from ranked
    left join councils on coalesce({{ council_of('ranked.source_file') }}, '') = councils.folder
    left join council_years
        on
            councils.folder = council_years.folder
            and ranked.collection_year = council_years.collection_year
    left join latest_episodes_returns on councils.folder = latest_episodes_returns.folder
    left join legal_statuses on ranked.legal_status_code = legal_statuses.legal_status_code
    where ranked.place_in_line = 1

)

select * from final
