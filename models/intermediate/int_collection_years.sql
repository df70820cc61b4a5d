-- Which years can be answered for, and which modules each has: of the returns, or of the
-- case-management extract where the module comes from there.

with return_years as (

    select * from {{ ref('int_return_years') }}

),

module_sources as (

    select * from {{ ref('int_module_sources') }}

),

-- Of several councils with an extract each must have the module.
extract_years as (

    select
        {% for module in ['header', 'episodes', 'missing', 'uasc'] -%}
            min(case when has_{{ module }} then 1 else 0 end) = 1 as has_{{ module }},
        {% endfor -%}
        first_day
    from {{ ref('int_extract_years') }}
    group by first_day

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
    {% for module in ['header', 'episodes', 'missing', 'uasc'] -%}
        select
            year(extract_years.first_day) as year_from,
            '{{ module }}' as module,
            extract_years.has_{{ module }} as is_landed
        from extract_years
        inner join module_sources
            on module_sources.module = '{{ module }}' and module_sources.is_from_extract
        {{ 'union all' if not loop.last }}

    {% endfor %}
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
