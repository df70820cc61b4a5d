-- Which years can be answered for, and which modules each has: of the returns, or of the
-- case-management extract where the module comes from there. An extract has no years of its own: it
-- covers those from the first to the last in which one of its occasions started.

with return_years as (

    select * from {{ ref('int_return_years') }}

),

module_sources as (

    select * from {{ ref('int_module_sources') }}

),

numbers as (

    {{ numbers() }}

),

occasions_of_extract as (

    select
        min(started_on) as first_start,
        max(started_on) as last_start
    from {{ ref('int_case_missing_rows_judged') }}
    where reject_code is null

),

years_of_extract as (

    select year(occasions_of_extract.first_start) - 1 + numbers.number as year_from
    from occasions_of_extract
    inner join numbers
        on
            make_date(year(occasions_of_extract.first_start) + cast(numbers.number as int), 3, 31)
            >= occasions_of_extract.first_start
            and make_date(
                year(occasions_of_extract.first_start) - 1 + cast(numbers.number as int), 4, 1
            ) <= occasions_of_extract.last_start

),

modules_by_year as (

    {% for module in ['header', 'episodes', 'missing', 'uasc'] -%}
        select
            year(return_years.first_day) as year_from,
            '{{ module }}' as module,
            return_years.has_{{ module }} as is_landed
        from return_years
        inner join module_sources
            on module_sources.module = '{{ module }}' and not module_sources.is_from_extract

        union all

    {% endfor -%}
    select
        cast(years_of_extract.year_from as int) as year_from,
        module_sources.module,
        true as is_landed
    from years_of_extract
    inner join module_sources on module_sources.is_from_extract

),

collection_years as (

    select
        {% for module in ['header', 'episodes', 'missing', 'uasc'] -%}
            max(case when module = '{{ module }}' and is_landed then 1 else 0 end) = 1
                as has_{{ module }},
        {% endfor -%}
        make_date(year_from, 4, 1) as first_day,
        make_date(year_from + 1, 3, 31) as last_day
    from modules_by_year
    group by year_from

),

interviews as (

    select count(*) > 0 as has_interviews
    from {{ ref('stg_landed_modules') }}
    where raw_table = 'return_interviews'

),

final as (

    select
        replace({{ financial_year('collection_years.first_day') }}, '/', '-') as collection_year,
        {{ financial_year('collection_years.first_day') }} as financial_year,
        collection_years.first_day,
        collection_years.last_day,
        collection_years.has_header,
        collection_years.has_episodes,
        collection_years.has_missing,
        collection_years.has_uasc,
        interviews.has_interviews
    from collection_years
    cross join interviews

)

select * from final
