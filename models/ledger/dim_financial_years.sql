-- Rules 1 and 4: the years that can be answered for all councils together, with the modules that
-- every council has, and the definition each counts by.

with council_years as (select * from {{ ref('int_council_years') }}),

collection_years as (

    select
        collection_year,
        replace(collection_year, '-', '/') as financial_year,
        first_day,
        last_day,
        min(case when has_episodes then 1 else 0 end) = 1 as has_episodes,
        min(case when has_missing then 1 else 0 end) = 1 as has_missing,
        min(case when has_uasc then 1 else 0 end) = 1 as has_uasc,
        min(case when has_interviews then 1 else 0 end) = 1 as has_interviews
    from council_years
    group by collection_year, first_day, last_day

),

years_and_the_ones_before as (

    select
        collection_years.financial_year,
        definitions.la_code,
        definitions.definition_id,
        definitions.title,
        coalesce(definitions.valid_from, cast('0001-01-01' as date)) as valid_from,
        coalesce(definitions.valid_to, cast('9999-12-31' as date)) as valid_to,
        collection_years.first_day,
        collection_years.last_day,
        make_date(year(collection_years.first_day) - 1, 4, 1) as first_day_before
    from collection_years
    cross join {{ ref('int_definitions') }} as definitions

),

-- A council's definitions of a year and of the year before: more than one is a break.
definitions_of_councils as (

    select
        financial_year,
        la_code,
        max(case when valid_to >= first_day then title end) as title,
        count(distinct case when valid_to >= first_day then definition_id end) as definitions,
        count(distinct definition_id) > 1 as is_break
    from years_and_the_ones_before
    where valid_from <= last_day and valid_to >= first_day_before
    group by financial_year, la_code

),

definitions_of_years as (

    select
        financial_year,
        case
            when max(definitions) > 1 then 'Definition changes within the year'
            when count(distinct title) > 1 then 'Definitions differ between councils'
            else max(title)
        end as definition,
        max(case when is_break then 1 else 0 end) = 1 as is_break_in_series
    from definitions_of_councils
    group by financial_year

)

select
    cast(collection_years.financial_year as string) as financial_year,
    cast(collection_years.collection_year as string) as collection_year,
    cast(collection_years.first_day as date) as first_day,
    cast(collection_years.last_day as date) as last_day,
    cast(definitions_of_years.definition as string) as definition,
    cast(definitions_of_years.is_break_in_series as boolean) as is_break_in_series,
    cast(collection_years.has_missing and collection_years.has_episodes as boolean)
        as has_occasions,
    cast(collection_years.has_episodes as boolean) as has_care,
    cast(collection_years.has_uasc as boolean) as has_uasc,
    cast(collection_years.has_interviews as boolean) as has_interviews
from collection_years
left join definitions_of_years
    on collection_years.financial_year = definitions_of_years.financial_year
order by financial_year
