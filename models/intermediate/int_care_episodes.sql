-- Rule 5: what is known of each episode of care once all returns are read. The latest return wins;
-- an open episode that a later return does not repeat ended with its own return's year.

with episode_rows as (

    select * from {{ ref('int_episode_rows_judged') }}
    where reject_code is null

),

legal_statuses as (

    select * from {{ ref('legal_statuses') }}

),

collection_years as (

    select * from {{ ref('int_collection_years') }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by child_id, started_on
            order by collection_year desc, ended_on desc nulls first, source_row desc
        ) as place_in_line
    from episode_rows

),

latest_episodes_return as (

    select max(collection_year) as collection_year
    from collection_years
    where has_episodes

),

final as (

    select
        ranked.child_id,
        ranked.started_on,
        case
            when
                ranked.ended_on is null
                and ranked.collection_year < latest_episodes_return.collection_year
                then collection_years.last_day
            else ranked.ended_on
        end as ended_on,
        ranked.legal_status_code,
        coalesce(legal_statuses.is_short_break = 'true', false) as is_short_break,
        ranked.placement_code,
        ranked.collection_year,
        ranked.source_file,
        ranked.source_row
    from ranked
    cross join latest_episodes_return
    left join collection_years on ranked.collection_year = collection_years.collection_year
    left join legal_statuses on ranked.legal_status_code = legal_statuses.legal_status_code
    where ranked.place_in_line = 1

)

select * from final
