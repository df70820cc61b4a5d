-- Rule 16: what can be answered, a row a council and year. A module is there if it landed and
-- enough of it survived. A later return corrects an earlier one (rules 3, 5, 6): what it lost of
-- Header, Episodes or Missing is not available for the years before it either, until the loss is
-- mended or accepted.

{% set modules = ['header', 'episodes', 'missing', 'uasc'] -%}
{% set rows_and_children = "part in ('rows', 'children')" -%}

with landed_modules as (

    select
        *,
        coalesce({{ council_of('source_file') }}, '') as folder
    from {{ ref('stg_landed_modules') }}

),

module_sources as (select * from {{ ref('int_module_sources') }}),

councils as (select * from {{ ref('int_councils') }}),

extract_years as (select * from {{ ref('int_extract_years') }}),

losses as (

    select * from {{ ref('int_module_losses') }}
    where is_beyond and accepted_reason is null

),

landed as (

    select
        landed_modules.folder,
        module_sources.module,
        landed_modules.collection_year
    from landed_modules
    inner join module_sources
        on
            landed_modules.raw_table = module_sources.raw_table
            and not module_sources.is_from_extract
    where landed_modules.status = 'landed'

    union all

    {% for module in modules -%}
        select
            extract_years.folder,
            module_sources.module,
            extract_years.collection_year
        from extract_years
        inner join module_sources
            on module_sources.module = '{{ module }}' and module_sources.is_from_extract
        where extract_years.has_{{ module }}
        {{ 'union all' if not loop.last }}

    {% endfor %}
),

years as (

    select collection_year from landed
    union
    -- A year that an extract reaches into but does not cover is there, and not available.
    select extract_years.collection_year
    from extract_years
    inner join module_sources
        on module_sources.module = 'missing' and module_sources.is_from_extract
    union
    select collection_year from landed_modules
    where collection_year is not null

),

council_years as (

    select
        councils.folder,
        councils.la_code,
        years.collection_year
    from councils
    cross join years

),

modules_landed as (

    select
        folder,
        collection_year,
    {% for module in modules -%}
        max(case when module = '{{ module }}' then 1 else 0 end) as {{ module }}
        {{- ',' if not loop.last }}
    {% endfor %}
    from landed
    group by folder, collection_year

),

interviews_landed as (

    select distinct folder
    from landed_modules
    where raw_table = 'return_interviews' and status = 'landed'

),

-- A file of interviews need not have every column; one that is blank throughout says nothing.
interview_columns_filled as (

    select
        coalesce({{ council_of('source_file') }}, '') as folder,
    {% for column in interview_columns() -%}
        max(case when {{ column }} is not null then 1 else 0 end) = 1 as {{ column }}
        {{- ',' if not loop.last }}
    {% endfor %}
    from {{ ref('stg_return_interviews') }}
    group by coalesce({{ council_of('source_file') }}, '')

),

-- Without a directory of postcodes, or postcodes in the returns, nothing is known of places.
places_known as (

    select
        coalesce({{ council_of('source_file') }}, '') as folder,
        max(case when placement_area <> 'not_known' then 1 else 0 end) = 1 as has_areas,
        max(case when miles_from_home is not null then 1 else 0 end) = 1 as has_distances
    from {{ ref('stg_episode_places') }}
    group by coalesce({{ council_of('source_file') }}, '')

),

-- An extract says itself how far from home a placement is.
distances_of_extract as (

    select distinct coalesce({{ council_of('source_file') }}, '') as folder
    from {{ ref('int_case_episode_rows_judged') }}
    where miles_from_home is not null and reject_code is null

),

-- The return has dates alone; a system that writes nothing but midnight knows no time of day.
times_known as (

    select distinct coalesce({{ council_of('source_file') }}, '') as folder
    from {{ ref('int_case_missing_rows_judged') }}
    where ended_at is not null and reject_code is null

),

parts_lost as (

    select
        losses.folder,
        years.collection_year,
        {% for module in modules -%}
            max(
                case
                    when
                        module_sources.module = '{{ module }}' and {{ rows_and_children }}
                        then 1
                    else 0
                end
            )
                as {{ module }},
        {% endfor -%}
        max(case when losses.raw_table = 'return_interviews' then 1 else 0 end) as interviews,
        max(case when losses.part = 'legal_statuses' then 1 else 0 end) as legal_statuses,
        max(case when losses.part = 'status_ends' then 1 else 0 end) as status_ends,
        max(case when losses.part = 'placements' then 1 else 0 end) as placements,
        max(case when losses.part = 'sexes' then 1 else 0 end) as sexes,
        max(case when losses.part = 'ethnic_groups' then 1 else 0 end) as ethnic_groups,
        max(case when losses.part = 'ages' then 1 else 0 end) as ages,
        max(
            case
                when losses.part = 'birth_dates' and module_sources.module = 'header' then 1 else 0
            end
        )
            as birth_dates,
        max(
            case
                when losses.part = 'birth_dates' and module_sources.module = 'missing' then 1 else 0
            end
        )
            as birth_dates_of_missing
    from losses
    left join module_sources
        on
            case
                when losses.raw_table = 'ssd_legal_status' then 'ssd_cla_episodes'
                else losses.raw_table
            end = module_sources.raw_table
    inner join years
        on
            losses.collection_year = 'all'
            or losses.collection_year = years.collection_year
            or (
                losses.raw_table <> 'ssda903_uasc'
                and losses.collection_year > years.collection_year
            )
    -- What is landed beside the source that is counted loses nothing of the answers.
    where module_sources.raw_table is not null or losses.raw_table = 'return_interviews'
    group by losses.folder, years.collection_year

),

joined as (

    select
        council_years.folder,
        council_years.la_code,
        council_years.collection_year,
        {% for module in modules -%}
            coalesce(modules_landed.{{ module }}, 0) = 1
            and coalesce(parts_lost.{{ module }}, 0) = 0 as has_{{ module }},
        {% endfor -%}
        coalesce(sources_of_missing.is_from_extract, false) as has_all_children,
        coalesce(places_known.has_areas, false) and not sources_of_care.is_from_extract
            as has_placement_areas,
        case
            when sources_of_care.is_from_extract then distances_of_extract.folder is not null
            else coalesce(places_known.has_distances, false)
        end as has_distances,
        coalesce(sources_of_missing.is_from_extract, false)
        and times_known.folder is not null as has_times,
        interviews_landed.folder is not null and coalesce(parts_lost.interviews, 0) = 0
            as has_interviews,
        {% for column in interview_columns() -%}
            interviews_landed.folder is not null and coalesce(parts_lost.interviews, 0) = 0
            and coalesce(interview_columns_filled.{{ column }}, false) as has_{{ column }},
        {% endfor -%}
        {% for part in [
            'legal_statuses', 'status_ends', 'placements', 'sexes', 'ethnic_groups', 'ages',
            'birth_dates', 'birth_dates_of_missing'
        ] -%}
            coalesce(parts_lost.{{ part }}, 0) = 0 as has_{{ part }},
        {% endfor -%}
        coalesce(parts_lost.header, 0) = 1 as is_header_lost
    from council_years
    left join modules_landed
        on
            council_years.folder = modules_landed.folder
            and council_years.collection_year = modules_landed.collection_year
    left join parts_lost
        on
            council_years.folder = parts_lost.folder
            and council_years.collection_year = parts_lost.collection_year
    left join module_sources as sources_of_missing
        on sources_of_missing.module = 'missing'
    left join module_sources as sources_of_care
        on sources_of_care.module = 'episodes'
    left join places_known on council_years.folder = places_known.folder
    left join distances_of_extract on council_years.folder = distances_of_extract.folder
    left join times_known on council_years.folder = times_known.folder
    left join interviews_landed on council_years.folder = interviews_landed.folder
    left join interview_columns_filled
        on council_years.folder = interview_columns_filled.folder

),

judged as (

    select
        folder,
        la_code,
        collection_year,
        make_date(cast(left(collection_year, 4) as int), 4, 1) as first_day,
        make_date(cast(left(collection_year, 4) as int) + 1, 3, 31) as last_day,
        has_header,
        -- Without the legal status a short break cannot be told from care.
        has_episodes and has_legal_statuses as has_episodes,
        -- Without a birth date rule 6 cannot tell who was 18.
        has_missing
        and has_birth_dates_of_missing
        and not (not has_ages and (is_header_lost or not has_birth_dates)) as has_missing,
        has_uasc and has_status_ends as has_uasc,
        has_all_children,
        has_times,
        has_interviews,
        {% for column in interview_columns() -%}
            has_{{ column }},
        {% endfor -%}
        has_header and has_birth_dates as has_birth_dates,
        has_header and has_sexes as has_sexes,
        has_header and has_ethnic_groups as has_ethnic_groups,
        has_episodes and has_placements as has_placements,
        has_episodes and has_placement_areas as has_placement_areas,
        has_episodes and has_distances as has_distances
    from joined

),

with_the_year_before as (

    select
        *,
        lag(case when has_missing and has_episodes then last_day end) over (
            partition by folder
            order by first_day asc nulls first
        ) as earlier_last_day
    from judged

),

final as (

    select
        *,
        coalesce({{ days_between('earlier_last_day', 'first_day') }} = 1, false) as has_year_before
    from with_the_year_before

)

select * from final
