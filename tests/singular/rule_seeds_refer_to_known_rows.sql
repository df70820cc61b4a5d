-- A word of one rule seed that another must know: a row taken away there, or a slip here, would
-- empty a join and take figures with it. By rule 18 whatever is counted stands in a row of its
-- breakdown, so that what is not known has one, too.
{% set references = [
    ('sexes', 'sex', "concat('sex:', sex)", 'categories'),
    ('ethnic_groups', 'ethnic_group', "concat('ethnic_group:', ethnic_group)", 'categories'),
    ('placement_types', 'placement_type', "concat('placement_type:', placement_type)", 'categories'),
    (
        'legal_statuses', 'legal_status',
        "case when is_short_break = 'false' then concat('legal_status:', legal_status) end",
        'categories'
    ),
    (
        'reasons_ceased', 'outcome_since', "concat('outcome_since:', outcome_since)", 'categories'
    ),
    (
        'interview_words', 'category',
        "case when breakdown <> 'all' then concat(breakdown, ':', category) end", 'categories'
    ),
    ('categories', 'breakdown', 'breakdown', 'breakdowns'),
    ('definition_by_year', 'definition_id', 'definition_id', 'definitions'),
    ('derived_measures', 'measure', 'measure', 'measures'),
    ('derived_measures', 'numerator', 'numerator', 'measures'),
    ('derived_measures', 'denominator', 'denominator', 'measures'),
    ('published_statistics', 'measure', 'measure', 'published_measures'),
    (
        'suppression_policy', 'applies_to', "nullif(applies_to, 'all')", 'measures or breakdowns'
    ),
] %}

with known as (

    select
        'categories' as seed,
        concat(breakdown, ':', category) as word
    from {{ ref('categories') }}
    {% for seed, column in [
        ('breakdowns', 'breakdown'), ('definitions', 'definition_id'), ('measures', 'measure'),
        ('published_measures', 'measure')
    ] -%}
        union all
        select
            '{{ seed }}' as seed,
            {{ column }} as word
        from {{ ref(seed) }}
    {% endfor %}

),

numbers as (

    {{ numbers() }}

),

used as (

    {% for seed, column, word, target in references -%}
        select
            'seeds/rules/{{ seed }}.csv, column {{ column }}: ' as place,
            {{ word }} as word,
            '{{ target }}' as target
        from {{ ref(seed) }}
        union all
    {% endfor %}
    select
        'seeds/rules/categories.csv, column joins: ' as place,
        concat(
            categories.breakdown,
            ':',
            {{ element_at(split_conditions('categories.joins', "'|'"), 'numbers.number + 1') }}
        ) as word,
        'categories' as target
    from {{ ref('categories') }} as categories
    inner join numbers
        on
            numbers.number
            <= length(categories.joins) - length(replace(categories.joins, '|', ''))
    union all
    select
        'What is counted and stands in no other row: ' as place,
        needed.word,
        'categories' as target
    from (
        values
        ('none:all'), ('age:not_known'), ('age_band:not_known'), ('sex:not_known'),
        ('ethnic_group:not_known'), ('placement_type:not_known'), ('legal_status:not_known'),
        ('uasc:yes'), ('uasc:no'), ('uasc:not_known'), ('duration_band:still_missing'),
        ('counts_as:missing'), ('counts_as:absent'), ('time_in_care:not_known'),
        ('missing_before:first_time'), ('missing_before:before'),
        ('hours_band:not_known'), ('hours_band:still_missing'),
        ('outcome_since:found'), ('outcome_since:still_open'), ('outcome_since:turned_18'),
        ('outcome_since:left_care'), ('care:looked_after'), ('care:not_looked_after'),
        ('interview_provider:not_known'), ('police_notified:not_known'),
        ('trafficking_concern:not_known'), ('exploitation_concern:not_known'),
        ('risk_grade:not_known'), ('found_by:not_known'), ('placement_area:in_area'),
        ('placement_area:elsewhere_in_england'), ('placement_area:wales'),
        ('placement_area:scotland'), ('placement_area:northern_ireland'),
        ('placement_area:not_known'), ('distance_band:not_known')
    ) as needed (word)

)

select used.word
from used
left join known
    on
        used.word = known.word
        and instr(' ' || used.target || ' ', ' ' || known.seed || ' ') > 0
where
    case
        when used.word is not null and known.word is null
            then {{ raise_sentence(
                "used.place || used.word || ' is in no row of ' || used.target"
                ~ " || '. Correct it, or add the row there.'"
            ) }}
    end is not null
