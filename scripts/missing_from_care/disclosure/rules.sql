-- What the gate asks of the rule seeds. Each statement has a name above it and ends with `;`.

-- name: policy
with asked as (select cast(? as date) as day)

select
    applies_to,
    case
        when lowest_withheld is not null and highest_withheld is not null
            then [cast(lowest_withheld as int), cast(highest_withheld as int)]
    end,
    coalesce(cast(range_width as int), 1),
    coalesce(cast(group_size as int), 0),
    coalesce(withholds_whole_group = 'true', false),
    coalesce(withholds_empty_group = 'true', false),
    coalesce(small_as = 'range', false),
    coalesce(cover_as = 'range', false),
    coalesce(decided_by, ''),
    coalesce(legal_basis, ''),
    coalesce(reason, '')
from suppression_policy
cross join asked
where
    :in_force
order by all;

-- name: refusal
with asked as (
    select cast(? as varchar[]) as said, cast(? as varchar[]) as concerned, cast(? as date) as day
)

select wording
from refusal
cross join asked
where
    list_contains(said, said_of)
    and (about is null or list_has_any(string_split(about, '|'), concerned))
    and :in_force
order by cast(sentence_order as int);

-- name: categories
select
    breakdown,
    category,
    coalesce(lowest, highest) is not null,
    coalesce(cast(lowest as double), '-inf'),
    coalesce(cast(highest as double), 'inf'),
    coalesce(string_split(joins, '|'), [category])
from categories
order by all;

-- name: labels
select breakdown, category, label from categories
union all
select breakdown, '', heading from breakdowns;

-- name: measures
select
    measure,
    heading,
    unit,
    counts = 'care',
    on_last_day = 'true',
    list_transform(string_split(conditions, '&'), lambda each: string_split(each, ':'))
from measures
order by all;

-- name: derived
select
    measure,
    numerator,
    denominator,
    coalesce(cast(scale as double), 1),
    coalesce(cast(decimals as int), 0)
from derived_measures
order by all;

-- name: nothing_absent
select la_code, valid_from, valid_to
from int_definitions
where not list_contains([missing_counts_as, absent_counts_as], 'absent')
order by all;

-- name: published_elsewhere
select measures.same_as, years.first_day, years.last_day, compared.published
from dq_published_comparison as compared
inner join published_measures as measures on compared.measure = measures.measure
inner join dim_financial_years as years on compared.financial_year = years.financial_year
where
    compared.published is not null
    and measures.same_as is not null
    and (select count(*) from int_councils) = 1
order by all;

-- name: of_child
select breakdown from breakdowns where one_category_a_child = 'true';

-- name: first_days
select first_day from dim_financial_years;

-- name: protected
select factor from protected_differences where is_protected = 'true';
