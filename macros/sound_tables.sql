{#- What must hold of every row of many tables, as one test: each test of its own takes longer to start
    than to run. `tables` gives by the name of each
    - `key`: its columns are filled and name one row;
    - `holds`: conditions that every row satisfies; of a figure that is not available nothing is said;
    - `rows`, of a rule seed: how many it is known to have, for no other test sees every row that is
      gone or new, unless a council replaces it. Two of its keys that differ in case or white space
      are one;
    - `periods_of`: among the rows with the same value, `valid_from` to `valid_to` neither overlap nor
      leave a gap; a blank one is open. With `is_for_all_time` no day before or after lacks a row.
    The sentences count rows and show nothing of them, but for days of a rule. -#}
{% macro sound_tables(tables) %}
    with problems as (

        {% for table, sound in tables.items() -%}
            {%- set relation = ref(table) -%}
            {%- if sound.rows is defined and not settings_file(table) -%}
                select
                    '{{ table }}' as table_name,
                    cast(count(*) as string)
                    || ' rows where tests/singular/rule_seeds_are_sound.sql says {{ sound.rows }}: put'
                    || ' back what was removed and take out what was added, or, if you want the change,'
                    || ' write there rows: ' || cast(count(*) as string) as problem
                from {{ relation }}
                having count(*) <> {{ sound.rows }}
                union all
            {% endif -%}
            {%- if sound.key is defined -%}
                {{ wrong_keys(table, relation, sound.key, sound.rows is defined) }}
                union all
            {% endif -%}
            {%- if sound.periods_of is defined -%}
                {{ wrong_periods(table, relation, sound.periods_of, sound.is_for_all_time) }}
                union all
            {% endif -%}
            {%- for condition in sound.holds or [] -%}
                select
                    '{{ table }}' as table_name,
                    'rows that break ({{ condition | replace("'", "''") }}): '
                    || cast(count(*) as string) as problem
                from {{ relation }}
                where not ({{ condition }})
                having count(*) > 0
                union all
            {% endfor -%}
        {%- endfor -%}
        select
            '' as table_name,
            null as problem

    ),

    of_tables as (

        select
            'The rows of ' || table_name || ' are not sound: '
            || {{ joined_words('problem', 'problem', "'; '") }} || '.' as sentence
        from problems
        where problem is not null
        group by table_name

    ),

    together as (

        select {{ joined_words('sentence', 'sentence', 'chr(10)') }} as sentences
        from of_tables

    )

    select sentences
    from together
    where case when sentences is not null then {{ raise_sentence('sentences') }} end is not null
{% endmacro %}

{% macro wrong_keys(table, relation, key, is_text) %}
    {%- set columns = [] -%}
    {%- for column in key.split(', ') -%}
        {%- do columns.append('lower(trim(' ~ column ~ '))' if is_text else column) -%}
    {%- endfor -%}
    select
        '{{ table }}' as table_name,
        'keys ({{ key }}) that are blank or name several rows: ' || cast(count(*) as string) as problem
    from (
        select 1
        from {{ relation }}
        group by {{ columns | join(', ') }}
        having count(*) > 1 or {{ columns | join(' is null or ') }} is null
    ) as wrong_keys
    having count(*) > 0
{%- endmacro %}

{% macro wrong_periods(table, relation, part, is_for_all_time) -%}
    {%- set first, last = "cast('0001-01-01' as date)", "cast('9999-12-31' as date)" -%}
    select
        '{{ table }}' as table_name,
        'valid_from to valid_to of one {{ part | replace("'", '') }}: ' || wrong || ' (mend both; every day needs exactly'
        || ' one row)' as problem
    from (
        select
            case
                when first_day is null or last_day is null then 'a bound is no date'
                when first_day > last_day
                    then 'the row from ' || cast(first_day as string) || ' ends before it begins'
                when previous_last_day >= first_day then 'two rows cover ' || cast(first_day as string)
                when previous_last_day < first_day - 1
                    then 'no row covers ' || cast(previous_last_day + 1 as string)
                {%- if is_for_all_time %}
                when previous_last_day is null and first_day > {{ first }}
                    then 'no row covers the days before ' || cast(first_day as string)
                when next_first_day is null and last_day < {{ last }}
                    then 'no row covers the days after ' || cast(last_day as string)
                {%- endif %}
            end as wrong
        from (
            select
                first_day,
                last_day,
                lag(last_day) over (partition by part order by first_day, last_day)
                    as previous_last_day,
                lead(first_day) over (partition by part order by first_day, last_day)
                    as next_first_day
            from (
                select
                    {{ part }} as part,
                    case when valid_from is null then {{ first }} else try_cast(valid_from as date) end
                        as first_day,
                    case when valid_to is null then {{ last }} else try_cast(valid_to as date) end
                        as last_day
                from {{ relation }}
            ) as periods
        ) as neighbours
    ) as judged_periods
    where wrong is not null
{%- endmacro %}
