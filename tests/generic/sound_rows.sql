{#- One test of a table instead of many, which would each take longer to start than to run: the columns
    of `key` are filled and name one row, and every row satisfies each condition of `holds`; where a
    figure is not available nothing is said. The sentence counts rows and shows nothing of them. -#}
{% test sound_rows(model, key=none, holds=[]) %}

with counted as (

    {% if key %}
        select
            'keys ({{ key }}) that are blank or name several rows: '
            || cast(count(*) as string) as problem
        from (
            select {{ key }}
            from {{ model }}
            group by {{ key }}
            having count(*) > 1 or {{ key.split(',') | join(' is null or ') }} is null
        ) as wrong_keys
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
