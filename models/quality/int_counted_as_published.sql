-- The measures that the Department for Education publishes, counted as it counts them: each return
-- by itself, the status as recorded, so that like meets like. No answer is made from these. What a
-- case-management extract says was never published: it is left out of this, and so are other
-- councils than the authority.

with own_folders as (

    select councils.folder
    from {{ ref('int_councils') }} as councils
    inner join {{ ref('authority') }} as settings
        on settings.setting = 'la_code' and councils.la_code = settings.value

),

missing_rows as (

    select missing_rows.*
    from {{ ref('int_missing_rows_judged') }} as missing_rows
    inner join own_folders
        on coalesce({{ council_of('missing_rows.source_file') }}, '') = own_folders.folder
    where missing_rows.reject_code is null

),

episode_rows as (

    select episode_rows.*
    from {{ ref('int_episode_rows_judged') }} as episode_rows
    inner join own_folders
        on coalesce({{ council_of('episode_rows.source_file') }}, '') = own_folders.folder
    where episode_rows.reject_code is null

),

header_rows as (

    select header_rows.*
    from {{ ref('int_header_rows_judged') }} as header_rows
    inner join own_folders
        on coalesce({{ council_of('header_rows.source_file') }}, '') = own_folders.folder
    where header_rows.reject_code is null

),

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
    left join legal_statuses on episode_rows.legal_status_code = legal_statuses.legal_status_code

),

care_of_each_child as (

    select
        collection_year,
        child_id,
        max(case when is_short_break then 0 else 1 end) as is_looked_after,
        max(
            case
                when is_short_break then 0
                when ended_on is null or ended_on > last_day then 1
                else 0
            end
        ) as is_looked_after_at_year_end
    from episodes_in_year
    group by collection_year, child_id

),

children_with_uasc as (

    select
        care_of_each_child.collection_year,
        care_of_each_child.is_looked_after,
        care_of_each_child.is_looked_after_at_year_end,
        case
            when uasc_status.child_id is null then 0
            when uasc_status.status_ceased_on < collection_years.last_day then 0
            else care_of_each_child.is_looked_after_at_year_end
        end as is_uasc_at_year_end
    from care_of_each_child
    inner join collection_years
        on care_of_each_child.collection_year = collection_years.collection_year
    left join uasc_status
        on
            care_of_each_child.collection_year = uasc_status.collection_year
            and care_of_each_child.child_id = uasc_status.child_id

),

care_totals as (

    select
        collection_year,
        sum(is_looked_after) as looked_after_in_year,
        sum(is_looked_after_at_year_end) as looked_after_at_31_march,
        sum(1 - is_looked_after) as short_breaks_only,
        sum(is_uasc_at_year_end) as uasc_at_31_march
    from children_with_uasc
    group by collection_year

),

birth_dates as (

    select
        collection_year,
        child_id,
        birth_date,
        row_number() over (
            partition by collection_year, child_id
            order by source_row desc
        ) as place_in_line
    from header_rows

),

rows_looked_after_that_day as (

    select distinct
        missing_rows.collection_year,
        missing_rows.source_file,
        missing_rows.source_row
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

missing_rows_joined as (

    select
        missing_rows.collection_year,
        missing_rows.child_id,
        missing_rows.recorded_status,
        missing_rows.started_on,
        missing_rows.ended_on,
        collection_years.first_day,
        collection_years.last_day,
        coalesce(birth_dates.birth_date, missing_rows.birth_date) as birth_date,
        rows_looked_after_that_day.source_row is not null as is_looked_after,
        coalesce(care_of_each_child.is_looked_after_at_year_end, 0) as is_looked_after_at_year_end
    from missing_rows
    inner join collection_years
        on missing_rows.collection_year = collection_years.collection_year
    left join birth_dates
        on
            missing_rows.collection_year = birth_dates.collection_year
            and missing_rows.child_id = birth_dates.child_id
            and birth_dates.place_in_line = 1
    left join rows_looked_after_that_day
        on
            missing_rows.collection_year = rows_looked_after_that_day.collection_year
            and missing_rows.source_file = rows_looked_after_that_day.source_file
            and missing_rows.source_row = rows_looked_after_that_day.source_row
    left join care_of_each_child
        on
            missing_rows.collection_year = care_of_each_child.collection_year
            and missing_rows.child_id = care_of_each_child.child_id

),

missing_of_each_child as (

    select
        joined.collection_year,
        joined.child_id,
        joined.recorded_status,
        sum(
            case
                when not joined.is_looked_after then 0
                when joined.started_on not between joined.first_day and joined.last_day then 0
                when
                    {{ age_in_years('joined.birth_date', 'joined.started_on') }} >= adult_age.years
                    then 0
                else 1
            end
        ) as incidents,
        max(
            case
                when joined.ended_on is null or joined.ended_on > joined.last_day
                    then joined.is_looked_after_at_year_end
                else 0
            end
        ) as is_at_31_march
    from missing_rows_joined as joined
    cross join adult_age
    group by joined.collection_year, joined.child_id, joined.recorded_status

),

missing_totals as (

    select
        collection_year,
        recorded_status,
        sum(incidents) as incidents,
        sum(case when incidents > 0 then 1 else 0 end) as children_in_year,
        sum(case when incidents > 1 then 1 else 0 end) as children_more_than_once,
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

totals_joined as (

    select
        years_and_measures.*,
        missing_totals.incidents,
        missing_totals.children_in_year,
        missing_totals.children_more_than_once,
        missing_totals.children_at_31_march,
        care_totals.looked_after_in_year,
        care_totals.looked_after_at_31_march,
        care_totals.short_breaks_only,
        care_totals.uasc_at_31_march
    from years_and_measures
    left join missing_totals
        on
            years_and_measures.collection_year = missing_totals.collection_year
            and years_and_measures.recorded_status = missing_totals.recorded_status
    left join care_totals on years_and_measures.collection_year = care_totals.collection_year

),

final as (

    select
        collection_year,
        financial_year,
        measure,
        counted,
        recorded_status,
        counted_how,
        modules_lacking,
        cast(
            case
                when modules_lacking <> '' then null
                when counted = 'incidents' then coalesce(incidents, 0)
                when counted = 'children_in_year' then coalesce(children_in_year, 0)
                when counted = 'children_more_than_once' then coalesce(children_more_than_once, 0)
                when counted = 'children_at_31_march' then coalesce(children_at_31_march, 0)
                when counted = 'looked_after_in_year' then coalesce(looked_after_in_year, 0)
                when counted = 'looked_after_at_31_march' then coalesce(looked_after_at_31_march, 0)
                when counted = 'short_breaks_only' then coalesce(short_breaks_only, 0)
                when counted = 'uasc_at_31_march' then coalesce(uasc_at_31_march, 0)
            end as bigint
        ) as ours
    from totals_joined

)

select * from final
