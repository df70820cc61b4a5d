-- Rule 21: the years that a council's case-management extract reaches into, and which of its tables
-- cover each wholly. What landing was not told of a table is taken from the council's other tables;
-- what it was told of none reaches from the first to the last year in which an occasion started.

with landed_files as (

    select
        *,
        coalesce({{ council_of('source_file') }}, '') as folder
    from {{ ref('stg_landed_modules') }}
    where status = 'landed' and left(raw_table, 4) = 'ssd_'

),

numbers as (

    {{ numbers() }}

),

landed_tables as (

    select
        folder,
        raw_table,
        min(covers_from) as covers_from,
        coalesce(max(covers_to), max(taken_on)) as covers_to
    from landed_files
    group by folder, raw_table

),

-- The least that is told of any table.
extracts as (

    select
        folder,
        max(covers_from) as covers_from,
        min(covers_to) as covers_to
    from landed_tables
    group by folder

),

occasions as (

    select
        coalesce({{ council_of('source_file') }}, '') as folder,
        min(started_on) as first_start,
        max(started_on) as last_start
    from {{ ref('int_case_missing_rows_judged') }}
    where reject_code is null
    group by coalesce({{ council_of('source_file') }}, '')

),

windows as (

    select
        landed_tables.folder,
        landed_tables.raw_table,
        occasions.first_start,
        occasions.last_start,
        coalesce(
            landed_tables.covers_from,
            extracts.covers_from,
            make_date(
                year(occasions.first_start)
                - case when month(occasions.first_start) < 4 then 1 else 0 end,
                4,
                1
            )
        ) as first_day,
        coalesce(
            landed_tables.covers_to,
            extracts.covers_to,
            make_date(
                year(occasions.last_start)
                + case when month(occasions.last_start) < 4 then 0 else 1 end,
                3,
                31
            )
        ) as last_day
    from landed_tables
    inner join extracts on landed_tables.folder = extracts.folder
    left join occasions on landed_tables.folder = occasions.folder

),

reaches as (

    select
        folder,
        least(min(first_day), min(first_start)) as first_day,
        greatest(max(last_day), max(last_start)) as last_day
    from windows
    group by folder

),

years as (

    select
        reaches.folder,
        make_date(year(reaches.first_day) - 1 + cast(numbers.number as int), 4, 1) as first_day,
        make_date(year(reaches.first_day) + cast(numbers.number as int), 3, 31) as last_day
    from reaches
    inner join numbers
        on
            make_date(year(reaches.first_day) + cast(numbers.number as int), 3, 31)
            >= reaches.first_day
            and make_date(year(reaches.first_day) - 1 + cast(numbers.number as int), 4, 1)
            <= reaches.last_day

),

final as (

    select
        years.folder,
        replace({{ financial_year('years.first_day') }}, '/', '-') as collection_year,
        {% for module, raw_table in [
            ('header', 'ssd_person'),
            ('episodes', 'ssd_cla_episodes'),
            ('missing', 'ssd_missing'),
            ('uasc', 'ssd_immigration_status'),
            ('placements', 'ssd_cla_placement'),
        ] -%}
            max(
                case
                    when
                        windows.raw_table = '{{ raw_table }}'
                        and windows.first_day <= years.first_day
                        and windows.last_day >= years.last_day
                        then 1
                    else 0
                end
            ) = 1 as has_{{ module }},
        {% endfor -%}
        years.first_day,
        years.last_day
    from years
    inner join windows on years.folder = windows.folder
    group by years.folder, years.first_day, years.last_day

)

select * from final
