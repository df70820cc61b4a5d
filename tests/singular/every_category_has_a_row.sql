-- Rule 18: whatever is counted stands in a row of its breakdown. A category that codes mean, or
-- that stands for what is not known, has a row of the seed `categories`.

with needed as (

    {% for seed, breakdown in {
        'sexes': 'sex', 'ethnic_groups': 'ethnic_group', 'placement_types': 'placement_type',
        'legal_statuses': 'legal_status'
    }.items() -%}
        select
            '{{ breakdown }}' as breakdown,
            {{ breakdown }} as category
        from {{ ref(seed) }}
        {{ "where is_short_break = 'false'" if seed == 'legal_statuses' }}

        union distinct

    {% endfor -%}
    select
        rows_needed.breakdown,
        rows_needed.category
    from (
        values
        ('none', 'all'),
        ('age', 'not_known'),
        ('age_band', 'not_known'),
        ('sex', 'not_known'),
        ('ethnic_group', 'not_known'),
        ('placement_type', 'not_known'),
        ('legal_status', 'not_known'),
        ('uasc', 'yes'),
        ('uasc', 'no'),
        ('uasc', 'not_known'),
        ('duration_band', 'still_missing'),
        ('counts_as', 'missing'),
        ('counts_as', 'absent')
    ) as rows_needed (breakdown, category)

),

lacking as (

    select {{ joined_words(
        "needed.breakdown || ',' || needed.category", "needed.breakdown || ',' || needed.category"
    ) }} as categories
    from needed
    left join {{ ref('categories') }} as categories
        on needed.breakdown = categories.breakdown and needed.category = categories.category
    where categories.category is null

)

select categories
from lacking
where
    case
        when categories is not null
            then {{ raise_sentence(
                "'categories.csv lacks a row for what stands in no other: ' || categories
                || '. Add it.'"
            ) }}
    end is not null
