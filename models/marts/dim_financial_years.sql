-- Rules 1 and 4: the years that are landed, and the definition each counts by.

with collection_years as (

    select * from {{ ref('int_collection_years') }}

),

definitions as (

    select * from {{ ref('stg_rules__definition_by_year') }}

),

years_and_the_ones_before as (

    select
        financial_year,
        'this' as which_year,
        first_day,
        last_day
    from collection_years

    union all

    select
        financial_year,
        'previous' as which_year,
        make_date(year(first_day) - 1, 4, 1) as first_day,
        make_date(year(first_day), 3, 31) as last_day
    from collection_years

),

definitions_in_force as (

    select
        years_and_the_ones_before.financial_year,
        years_and_the_ones_before.which_year,
        min(definitions.title) as first_title,
        max(definitions.title) as last_title,
        count(distinct definitions.definition_id) as definitions
    from years_and_the_ones_before
    inner join definitions
        on
            coalesce(definitions.valid_from, years_and_the_ones_before.first_day)
            <= years_and_the_ones_before.last_day
            and coalesce(definitions.valid_to, years_and_the_ones_before.last_day)
            >= years_and_the_ones_before.first_day
    group by
        years_and_the_ones_before.financial_year,
        years_and_the_ones_before.which_year

),

final as (

    select
        cast(collection_years.financial_year as string) as financial_year,
        cast(collection_years.collection_year as string) as collection_year,
        cast(collection_years.first_day as date) as first_day,
        cast(collection_years.last_day as date) as last_day,
        cast(
            case
                when this_year.definitions = 1 then this_year.first_title
                else 'Definition changes within the year'
            end as string
        ) as definition,
        cast(
            this_year.definitions > 1
            or this_year.first_title <> previous_year.last_title
            or previous_year.definitions > 1 as boolean
        ) as is_break_in_series,
        cast(collection_years.has_missing and collection_years.has_episodes as boolean)
            as has_occasions,
        cast(collection_years.has_episodes as boolean) as has_care,
        cast(collection_years.has_uasc as boolean) as has_uasc,
        cast(collection_years.has_interviews as boolean) as has_interviews
    from collection_years
    left join definitions_in_force as this_year
        on
            collection_years.financial_year = this_year.financial_year
            and this_year.which_year = 'this'
    left join definitions_in_force as previous_year
        on
            collection_years.financial_year = previous_year.financial_year
            and previous_year.which_year = 'previous'

)

select
    financial_year,
    collection_year,
    first_day,
    last_day,
    definition,
    is_break_in_series,
    has_occasions,
    has_care,
    has_uasc,
    has_interviews
from final
order by financial_year
