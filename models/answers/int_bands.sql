-- Rule 18: stretches of numbers that lie in the same categories of a breakdown, none left out, and
-- categories that others join. A number lies in one stretch, so that what is joined to it counts
-- once though categories overlap.

{% set most = 99999999 %}

with bands as (

    select
        breakdown,
        category,
        cast(category_order as int) as category_order,
        coalesce(cast(lowest as int), -{{ most }}) as lowest,
        coalesce(cast(highest as int), {{ most }}) as highest
    from {{ ref('categories') }}
    where coalesce(lowest, highest) is not null

),

-- An age may lie before birth; nothing else that is counted is less than 0.
edges as (

    select
        breakdown,
        lowest as edge
    from bands

    union

    select
        breakdown,
        highest + 1 as edge
    from bands

    union

    select
        breakdown,
        case when breakdown in ('age', 'age_band') then -{{ most }} else 0 end as edge
    from bands

),

stretches as (

    select
        breakdown,
        edge as lowest,
        coalesce(
            lead(edge) over (
                partition by breakdown
                order by edge asc nulls last
            ) - 1,
            {{ most }}
        ) as highest
    from edges
    where edge <= {{ most }}

),

-- Categories that stand for themselves and for those that they join.
members as (

    select
        breakdown,
        category as member,
        category,
        cast(category_order as int) as category_order
    from {{ ref('categories') }}
    where coalesce(lowest, highest, joins) is null

    union all

    select
        joining.breakdown,
        joined.category as member,
        joining.category,
        cast(joining.category_order as int) as category_order
    from {{ ref('categories') }} as joining
    inner join {{ ref('categories') }} as joined
        on
            joining.breakdown = joined.breakdown
            and array_contains({{ split_conditions('joining.joins', "'|'") }}, joined.category)

),

final as (

    select
        breakdown,
        member,
        cast(null as int) as lowest,
        cast(null as int) as highest,
        replace({{ joined_words('category', 'category_order') }}, ', ', '&') as categories,
        true as is_overlap
    from members
    group by breakdown, member
    having count(*) > 1

    union all

    select
        stretches.breakdown,
        null as member,
        stretches.lowest,
        stretches.highest,
        replace(
            {{ joined_words('bands.category', 'bands.category_order') }}, ', ', '&'
        ) as categories,
        count(*) > 1 as is_overlap
    from stretches
    left join bands
        on
            stretches.breakdown = bands.breakdown
            and stretches.lowest >= bands.lowest
            and stretches.highest <= bands.highest
    group by stretches.breakdown, stretches.lowest, stretches.highest

)

select * from final
