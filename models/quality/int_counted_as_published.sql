-- The measures that the Department for Education publishes, counted as it counts them: each return
-- by itself, the status as recorded, so that like meets like. No answer is made from these. What a
-- case-management extract says was never published: it is left out of this, and so are other
-- councils than the authority.

{% set totals = {
    'missing_totals': [
        'incidents', 'children_in_year', 'children_more_than_once', 'children_at_31_march'
    ],
    'care_totals': [
        'looked_after_in_year', 'looked_after_at_31_march', 'short_breaks_only', 'uasc_at_31_march'
    ],
} -%}

with own_folders as (

    select councils.folder
    from {{ ref('int_councils') }} as councils
    inner join {{ ref('authority') }} as settings
        on settings.setting = 'la_code' and councils.la_code = settings.value

),

missing_rows as (

    select judged.*
    from {{ ref('int_missing_rows_judged') }} as judged
    inner join own_folders
        on coalesce({{ council_of('judged.source_file') }}, '') = own_folders.folder
    where judged.reject_code is null

),

episode_rows as (

    select judged.*
    from {{ ref('int_episode_rows_judged') }} as judged
    inner join own_folders
        on coalesce({{ council_of('judged.source_file') }}, '') = own_folders.folder
    where judged.reject_code is null

),

children_by_return as (select * from {{ ref('int_children_by_return') }}),

uasc_status as (select * from {{ ref('int_uasc_status') }}),

collection_years as (select * from {{ ref('int_return_years') }}),

source_of_uasc as (

    select is_from_extract
    from {{ ref('int_module_sources') }}
    where module = 'uasc'

),

legal_statuses as (select * from {{ ref('legal_statuses') }}),

adult_age as (

    select cast(value as int) as years
    from {{ ref('thresholds') }}
    where threshold = 'adult_age'

),

measures as (select * from {{ ref('published_measures') }}),

episodes_in_year as (

    select
        episode_rows.collection_year,
        episode_rows.child_id,
        episode_rows.started_on,
        episode_rows.ended_on,
        collection_years.last_day,
        coalesce(legal_statuses.is_short_break = 'true', false) as is_short_break
    from episode_rows
    inner join collection_years
        on
            episode_rows.collection_year = collection_years.collection_year
            and episode_rows.started_on <= collection_years.last_day
            and (
                episode_rows.ended_on is null
                or episode_rows.ended_on >= collection_years.first_day
            )
    left join legal_statuses using (legal_status_code)

),

care_of_each_child as (

    select
        collection_year,
        child_id,
        last_day,
        max(cast(not is_short_break as int)) as is_looked_after,
        max(cast(not is_short_break and (ended_on is null or ended_on > last_day) as int))
            as is_looked_after_at_year_end
    from episodes_in_year
    group by collection_year, child_id, last_day

),

care_totals as (

    select
        care_of_each_child.collection_year,
        sum(care_of_each_child.is_looked_after) as looked_after_in_year,
        sum(care_of_each_child.is_looked_after_at_year_end) as looked_after_at_31_march,
        sum(1 - care_of_each_child.is_looked_after) as short_breaks_only,
        sum(
            case
                when uasc_status.child_id is null then 0
                when uasc_status.status_ceased_on < care_of_each_child.last_day then 0
                else care_of_each_child.is_looked_after_at_year_end
            end
        ) as uasc_at_31_march
    from care_of_each_child
    left join uasc_status
        on
            care_of_each_child.collection_year = uasc_status.collection_year
            and care_of_each_child.child_id = uasc_status.child_id
    group by care_of_each_child.collection_year

),

rows_looked_after_that_day as (

    select distinct
        missing_rows.collection_year,
        missing_rows.source_file,
        missing_rows.source_row,
        true as is_looked_after
    from missing_rows
    inner join episodes_in_year
        on
            missing_rows.collection_year = episodes_in_year.collection_year
            and missing_rows.child_id = episodes_in_year.child_id
            and missing_rows.started_on >= episodes_in_year.started_on
            and (
                episodes_in_year.ended_on is null
                or missing_rows.started_on <= episodes_in_year.ended_on
            )
    where not episodes_in_year.is_short_break

),

missing_rows_judged as (

    select
        missing_rows.collection_year,
        missing_rows.child_id,
        missing_rows.recorded_status,
        rows_looked_after_that_day.is_looked_after
        and missing_rows.started_on between collection_years.first_day and collection_years.last_day
        and not coalesce(
            {{ age_in_years(
                'coalesce(children_by_return.birth_date, missing_rows.birth_date)',
                'missing_rows.started_on'
            ) }} >= adult_age.years,
            false
        ) as is_incident,
        case
            when missing_rows.ended_on <= collection_years.last_day then 0
            else coalesce(care_of_each_child.is_looked_after_at_year_end, 0)
        end as is_at_31_march
    from missing_rows
    cross join adult_age
    inner join collection_years using (collection_year)
    left join children_by_return using (collection_year, child_id)
    left join rows_looked_after_that_day using (collection_year, source_file, source_row)
    left join care_of_each_child using (collection_year, child_id)

),

missing_of_each_child as (

    select
        collection_year,
        child_id,
        recorded_status,
        count(case when is_incident then 1 end) as incidents,
        max(is_at_31_march) as is_at_31_march
    from missing_rows_judged
    group by collection_year, child_id, recorded_status

),

missing_totals as (

    select
        collection_year,
        recorded_status,
        sum(incidents) as incidents,
        count(case when incidents > 0 then 1 end) as children_in_year,
        count(case when incidents > 1 then 1 end) as children_more_than_once,
        sum(is_at_31_march) as children_at_31_march
    from missing_of_each_child
    group by collection_year, recorded_status

),

years_and_measures as (

    select
        collection_years.collection_year,
        collection_years.financial_year,
        measures.measure,
        measures.counted,
        measures.recorded_status,
        measures.counted_how,
        concat_ws(
            ' and ',
            case when not collection_years.has_episodes then 'Episodes' end,
            case
                when measures.needs_missing = 'true' and not collection_years.has_missing
                    then 'Missing'
            end,
            case
                when measures.needs_uasc <> 'true' then null
                when not collection_years.has_uasc or source_of_uasc.is_from_extract then 'UASC'
            end
        ) as modules_lacking
    from collection_years
    cross join measures
    cross join source_of_uasc

),

final as (

    select
        years_and_measures.*,
        cast(
            case
                when years_and_measures.modules_lacking <> '' then null
                {% for source, counted in totals.items() -%}
                    {% for figure in counted -%}
                        when years_and_measures.counted = '{{ figure }}'
                            then coalesce({{ source }}.{{ figure }}, 0)
                    {% endfor %}
                {% endfor %}
            end as bigint
        ) as ours
    from years_and_measures
    left join missing_totals using (collection_year, recorded_status)
    left join care_totals using (collection_year)

)

select * from final
