-- The categories of each breakdown: the seed's, and the councils that are landed.

with councils as (select * from {{ ref('int_councils') }}),

places as (

    select
        'council' as breakdown,
        la_code as category,
        council as label
    from councils

    {% for place in ['region', 'country'] -%}
        union all

        select distinct
            '{{ place }}' as breakdown,
            replace(lower({{ place }}), ' ', '_') as category,
            {{ place }} as label
        from councils
    {% endfor %}
),

final as (

    select
        breakdown,
        category,
        label,
        cast(category_order as int) as category_order
    from {{ ref('categories') }}

    union all

    select
        breakdown,
        category,
        label,
        cast(row_number() over (partition by breakdown order by label) as int) as category_order
    from places

)

select * from final
