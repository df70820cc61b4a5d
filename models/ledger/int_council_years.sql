-- Rule 16: what can be answered, a row a council and year. A module is there if it landed and
-- enough of it survived. A later return corrects an earlier one (rules 3, 5, 6): what it lost of
-- Header, Episodes or Missing is not available for the years before it either, until the loss is
-- mended or accepted.

{% set modules = ['header', 'episodes', 'missing', 'uasc'] -%}
{% set lost = {
    'interviews': "losses.raw_table = 'return_interviews'",
    'birth_dates': "losses.part = 'birth_dates' and module_sources.module = 'header'",
    'birth_dates_of_missing': "losses.part = 'birth_dates' and module_sources.module = 'missing'",
} -%}
{% for module in modules -%}
    {% do lost.update({
        module: "module_sources.module = '" ~ module ~ "' and losses.part in ('rows', 'children')"
    }) -%}
{% endfor -%}
{% for part in [
    'legal_statuses', 'status_ends', 'placements', 'sexes', 'ethnic_groups', 'ages'
] -%}
    {% do lost.update({part: "losses.part = '" ~ part ~ "'"}) -%}
{% endfor -%}
{#- What a council's own files must have for it to be known, by the table that has it. Without a
    directory of postcodes, or postcodes in the returns, nothing is known of places; an extract says
    itself how far from home a placement is. The return has dates alone; a system that writes nothing
    but midnight knows no time of day. A column of interviews that is blank throughout says nothing. -#}
{% set known = {
    'interviews':
        ('stg_landed_modules', "raw_table = 'return_interviews' and status = 'landed'"),
    'areas': ('stg_episode_places', "placement_area <> 'not_known'"),
    'distances': ('stg_episode_places', 'miles_from_home is not null'),
    'distances_of_extract': (
        'int_case_episode_rows_judged', 'miles_from_home is not null and reject_code is null'
    ),
    'times': ('int_case_missing_rows_judged', 'ended_at is not null and reject_code is null'),
} -%}
{% for column in interview_columns() -%}
    {% do known.update({column: ('stg_return_interviews', column ~ ' is not null')}) -%}
{% endfor -%}

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

    select
        extract_years.folder,
        module_sources.module,
        extract_years.collection_year
    from extract_years
    inner join module_sources
        on
            module_sources.is_from_extract
            and case module_sources.module
                {% for module in modules -%}
                    when '{{ module }}' then extract_years.has_{{ module }}
                {% endfor %}
            end

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

modules_landed as (

    select
        folder,
        collection_year,
    {% for module in modules -%}
        bool_or(module = '{{ module }}') as {{ module }}
        {{- ',' if not loop.last }}
    {% endfor %}
    from landed
    group by folder, collection_year

),

things_known as (

    {% for what, (table, condition) in known.items() -%}
        select distinct
            coalesce({{ council_of('source_file') }}, '') as folder,
            '{{ what }}' as what
        from {{ ref(table) }}
        where {{ condition }}
        {{ 'union all' if not loop.last }}

    {% endfor %}
),

folders_known as (

    select
        folder,
    {% for what in known -%}
        bool_or(what = '{{ what }}') as {{ what }}
        {{- ',' if not loop.last }}
    {% endfor %}
    from things_known
    group by folder

),

parts_lost as (

    select
        losses.folder,
        years.collection_year,
    {% for part, condition in lost.items() -%}
        bool_or({{ condition }}) as {{ part }}
        {{- ',' if not loop.last }}
    {% endfor %}
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
        councils.folder,
        councils.la_code,
        years.collection_year,
        {% for module in modules -%}
            coalesce(modules_landed.{{ module }}, false) as has_{{ module }},
        {% endfor -%}
        {% for part in lost -%}
            coalesce(parts_lost.{{ part }}, false) as lost_{{ part }},
        {% endfor -%}
        {% for what in known -%}
            coalesce(folders_known.{{ what }}, false) as knows_{{ what }},
        {% endfor -%}
        coalesce(sources_of_missing.is_from_extract, false) as has_all_children,
        coalesce(sources_of_care.is_from_extract, false) as is_care_from_extract
    from councils
    cross join years
    left join modules_landed using (folder, collection_year)
    left join parts_lost using (folder, collection_year)
    left join folders_known using (folder)
    left join module_sources as sources_of_missing on sources_of_missing.module = 'missing'
    left join module_sources as sources_of_care on sources_of_care.module = 'episodes'

),

modules_left as (

    select
        *,
        has_header and not lost_header as is_header_left,
        has_episodes and not lost_episodes as is_care_left,
        knows_interviews and not lost_interviews as are_interviews_left
    from joined

),

judged as (

    select
        folder,
        la_code,
        collection_year,
        make_date(cast(left(collection_year, 4) as int), 4, 1) as first_day,
        make_date(cast(left(collection_year, 4) as int) + 1, 3, 31) as last_day,
        is_header_left as has_header,
        -- Without the legal status a short break cannot be told from care.
        is_care_left and not lost_legal_statuses as has_episodes,
        -- Without a birth date rule 6 cannot tell who was 18.
        has_missing
        and not lost_missing
        and not lost_birth_dates_of_missing
        and not (lost_ages and (lost_header or lost_birth_dates)) as has_missing,
        has_uasc and not lost_uasc and not lost_status_ends as has_uasc,
        has_all_children,
        has_all_children and knows_times as has_times,
        are_interviews_left as has_interviews,
        {% for column in interview_columns() -%}
            are_interviews_left and knows_{{ column }} as has_{{ column }},
        {% endfor -%}
        is_header_left and not lost_birth_dates as has_birth_dates,
        is_header_left and not lost_sexes as has_sexes,
        is_header_left and not lost_ethnic_groups as has_ethnic_groups,
        is_care_left and not lost_placements as has_placements,
        is_care_left and knows_areas and not is_care_from_extract as has_placement_areas,
        is_care_left
        and case
            when is_care_from_extract then knows_distances_of_extract
            else knows_distances
        end as has_distances
    from modules_left

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
