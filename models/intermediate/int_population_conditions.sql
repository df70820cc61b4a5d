-- The conditions of every population that a question asks for, one row each: `sex:male&uasc:yes`
-- has two. Nothing else reads a population's text.

with populations as (

    select distinct population
    from {{ ref('stg_foi_request_questions') }}

),

numbers as (

    {{ numbers() }}

),

split as (

    select
        populations.population,
        numbers.number,
        {{ element_at(split_conditions('populations.population'), 'numbers.number + 1') }}
            as condition
    from populations
    inner join numbers
        on
            populations.population <> 'all'
            and numbers.number
            <= length(populations.population) - length(replace(populations.population, '&', ''))

),

final as (

    select
        population,
        cast(number + 1 as int) as condition_order,
        condition,
        {{ split_at_colon('condition', 1) }} as breakdown,
        {{ split_at_colon('condition', 2) }} as category
    from split
    where condition is not null

)

select * from final
