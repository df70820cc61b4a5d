{#- One test of a table instead of many, which would each take longer to start than to run: the columns
    of `key` are filled and name one row, and every row satisfies each condition of `holds`; where a
    figure is not available nothing is said. The sentence counts rows and shows nothing of them.
    A rule seed has `rows`: how many it is known to have, for no other test sees every row that is
    gone or new. Two of its keys that differ in case or white space are one. Its `ranges` neither overlap nor leave a gap among the rows that have the same `of`; a blank bound is open, and
    between `first` and `last`, where they are named, there is no hole either. -#}
{% test sound_rows(model, key=none, holds=[], rows=none, ranges=none) %}

{#- A council's own seed has as many rows as it likes. -#}
{%- set rows = none if settings_file(model.identifier) | trim else rows %}
{%- set keys = [] %}
{%- for column in (key or '').split(',') if column %}
    {%- do keys.append(column if rows is none else 'lower(trim(' ~ column.strip() ~ '))') %}
{%- endfor %}

with counted as (

    {% if rows is not none %}
        select
            cast(count(*) as string)
            || ' rows where seeds/rules/_rules.yml says {{ rows }}: put back what was removed and take'
            || ' out what was added, or, if you want the change, write rows: '
            || cast(count(*) as string) || ' for {{ model.identifier }} there' as problem
        from {{ model }}
        having count(*) <> {{ rows }}
        {{ 'union all' if keys or ranges or holds }}
    {% endif %}
    {% if keys %}
        select
            'keys ({{ key }}) that are blank or name several rows: '
            || cast(count(*) as string) as problem
        from (
            select {{ keys | join(', ') }}
            from {{ model }}
            group by {{ keys | join(', ') }}
            having count(*) > 1 or {{ keys | join(' is null or ') }} is null
        ) as wrong_keys
        having count(*) > 0
        {{ 'union all' if ranges or holds }}
    {% endif %}
    {% if ranges %}
        select
            'unreadable bounds, gaps or overlaps of {{ ranges.lowest }} to {{ ranges.highest }}'
            || ' within one {{ ranges.of }}: ' || cast(count(*) as string) as problem
        from (
            select
                *,
                lag(highest) over (partition by whole order by lowest nulls first, highest)
                    as highest_before,
                row_number() over (partition by whole order by lowest nulls first, highest)
                    as place,
                count(*) over (partition by whole) as places
            from (
                select
                    {{ ranges.of }} as whole,
                    try_cast({{ ranges.lowest }} as {{ ranges.type }}) as lowest,
                    try_cast({{ ranges.highest }} as {{ ranges.type }}) as highest,
                    cast({{ ranges.first or 'null' }} as {{ ranges.type }}) as first_wanted,
                    cast({{ ranges.last or 'null' }} as {{ ranges.type }}) as last_wanted,
                    {{ ranges.lowest }} as lowest_text,
                    {{ ranges.highest }} as highest_text
                from {{ model }}
                where {{ ranges.lowest }} is not null or {{ ranges.highest }} is not null
            ) as bounded
        ) as neighbours
        where
            (lowest is null and lowest_text is not null)
            or (highest is null and highest_text is not null)
            or coalesce(highest < lowest, false)
            or (place > 1 and coalesce(lowest <> highest_before + 1, true))
            or (place = 1 and coalesce(lowest > first_wanted, false))
            or (place = places and coalesce(highest < last_wanted, false))
        having count(*) > 0
        {{ 'union all' if holds }}
    {% endif %}
    {% for condition in holds %}
        select
            'rows that break ({{ condition.strip() | replace("'", "''") }}): '
            || cast(count(*) as string) as problem
        from {{ model }}
        where not ({{ condition }})
        having count(*) > 0
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

together as (

    select {{ joined_words('problem', 'problem') }} as problems
    from counted

)

select problems
from together
where
    case
        when problems is not null
            then {{ raise_sentence(
                "'The rows of " ~ model.identifier ~ " are not sound: ' || problems || '.'"
            ) }}
    end is not null

{% endtest %}
