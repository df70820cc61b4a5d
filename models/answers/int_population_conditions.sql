-- The categories of every population that a question asks for, one row each: `sex:male&uasc:yes`
-- has two conditions, `age:16|17` one of two categories. Nothing else reads a population's text.

with populations as (

    select distinct population
    from {{ ref('stg_foi_request_questions') }}

),

numbers as (

    {{ numbers() }}

),

conditions as (

    select
        populations.population,
        cast(numbers.number + 1 as int) as condition_order,
        {{ element_at(split_conditions('populations.population'), 'numbers.number + 1') }}
            as condition
    from populations
    inner join numbers
        on
            populations.population <> 'all'
            and numbers.number
            <= length(populations.population) - length(replace(populations.population, '&', ''))

),

split as (

    select
        population,
        condition_order,
        condition,
        {{ split_at_colon('condition', 1) }} as breakdown,
        {{ split_at_colon('condition', 2) }} as categories
    from conditions
    where condition is not null

),

final as (

    select
        split.population,
        split.condition_order,
        split.condition,
        split.breakdown,
        coalesce(
            {{ element_at(split_conditions('split.categories', "'|'"), 'numbers.number + 1') }}, ''
        ) as category
    from split
    inner join numbers
        on
            numbers.number
            <= length(split.categories) - length(replace(split.categories, '|', ''))

)

select * from final
