-- Care as each return and those before it knew it, for the children in its Missing module: an
-- occasion that was open then is no fault because a later return ends the episode. The rows of a
-- child and start are read as rule 5 reads them. An episode that starts on the day on which another
-- ends, or before, continues its period of care, since the guide to the return starts a new episode
-- on the day the last one ended; one that starts the day after begins a new period.

{% set never = "cast('9999-12-31' as date)" -%}

with missing_rows as (

    select * from {{ ref('int_missing_rows_judged') }}
    where child_id is not null

),

episode_rows as (

    select * from {{ ref('int_episode_rows_judged') }}
    where reject_code is null

),

collection_years as (

    select * from {{ ref('int_return_years') }}
    where has_episodes

),

children_by_return as (

    select distinct
        missing_rows.collection_year,
        missing_rows.child_id
    from missing_rows
    inner join collection_years
        on missing_rows.collection_year = collection_years.collection_year

),

known_then as (

    select
        children_by_return.collection_year,
        children_by_return.child_id,
        episode_rows.collection_year as episode_collection_year,
        episode_rows.started_on,
        episode_rows.ended_on,
        episode_rows.reason_ceased_code,
        row_number() over (
            partition by
                children_by_return.collection_year,
                children_by_return.child_id,
                episode_rows.started_on
            order by
                episode_rows.collection_year desc,
                episode_rows.ended_on desc nulls first,
                episode_rows.source_row desc
        ) as place_in_line
    from children_by_return
    inner join episode_rows
        on
            children_by_return.child_id = episode_rows.child_id
            and children_by_return.collection_year >= episode_rows.collection_year

),

episodes as (

    select
        known_then.collection_year,
        known_then.child_id,
        known_then.started_on,
        known_then.ended_on as recorded_end,
        known_then.reason_ceased_code,
        coalesce(
            known_then.ended_on,
            case
                when known_then.episode_collection_year < known_then.collection_year
                    then collection_years.last_day
                else {{ never }}
            end
        ) as last_day
    from known_then
    left join collection_years
        on known_then.episode_collection_year = collection_years.collection_year
    where known_then.place_in_line = 1

),

beside_what_came_before as (

    select
        *,
        max(last_day) over (
            partition by collection_year, child_id
            order by started_on
            rows between unbounded preceding and 1 preceding
        ) as last_day_before
    from episodes

),

numbered_by_period as (

    select
        *,
        sum(case when last_day_before >= started_on then 0 else 1 end) over (
            partition by collection_year, child_id
            order by started_on
            rows between unbounded preceding and current row
        ) as period_number
    from beside_what_came_before

),

final as (

    select
        collection_year,
        child_id,
        started_on,
        last_day,
        recorded_end,
        reason_ceased_code,
        period_number,
        max(last_day) over (
            partition by collection_year, child_id, period_number
        ) as period_last_day
    from numbered_by_period

)

select * from final
