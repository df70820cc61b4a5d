{#- A rule must hold on every day, and only one: a gap would empty a join, an overlap double it. The days
    are looked at apart for each value of the column `within`. -#}
{% test no_gap_or_overlap(model, within, valid_from='valid_from', valid_to='valid_to') %}

with periods as (

    select
        {{ within }} as part,
        coalesce({{ valid_from }}, cast('0001-01-01' as date)) as first_day,
        coalesce({{ valid_to }}, cast('9999-12-31' as date)) as last_day
    from {{ model }}

),

neighbours as (

    select
        first_day,
        last_day,
        lag(last_day) over (partition by part order by first_day, last_day) as previous_last_day,
        lead(first_day) over (partition by part order by first_day, last_day) as next_first_day
    from periods

),

problems as (

    select
        case
            when first_day > last_day
                then 'the row from ' || cast(first_day as string) || ' ends before it begins'
            when previous_last_day >= first_day
                then 'two rows cover ' || cast(first_day as string)
            when previous_last_day < first_day - 1
                then 'no row covers ' || cast(previous_last_day + 1 as string)
            when previous_last_day is null and first_day > cast('0001-01-01' as date)
                then 'no row covers the days before ' || cast(first_day as string)
            when next_first_day is null and last_day < cast('9999-12-31' as date)
                then 'no row covers the days after ' || cast(last_day as string)
        end as problem
    from neighbours

)

select problem
from problems
where
    case
        when problem is not null
            then {{ raise_sentence(
                "'Gap or overlap in " ~ model.identifier ~ ": ' || problem || '. Mend "
                ~ valid_from ~ " and " ~ valid_to
                ~ " of its seed in seeds/rules; every day needs exactly one row.'"
            ) }}
    end is not null

{% endtest %}
