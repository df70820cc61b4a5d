{#- The time by the clock here that a text has behind its day, which `parse_date` gave; null if there is
    only a day. A time in UTC is an hour behind the clock in summer. -#}
{% macro parse_timestamp(text, day) -%}
    {%- set said = 'lower(' ~ text ~ ')' -%}
    {%- set time = '[ t]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]+)?)?(?: ?[ap][.]?m[.]?)?(?: ?(?:z|utc|gmt|bst|[+-]0[01]:?00))?$' -%}
    {%- set hour = "try_cast(regexp_extract(" ~ said ~ ", '" ~ time ~ "', 1) as int)" -%}
    try_cast(
        case
            when {{ hour }} is not null
                then
                    concat(
                        cast({{ day }} as string),
                        ' ',
                        cast(
                            case
                                when {{ matches(said, "'[0-9] ?p[.]?m'") }} and {{ hour }} < 12
                                    then {{ hour }} + 12
                                when {{ matches(said, "'[0-9] ?a[.]?m'") }} and {{ hour }} = 12 then 0
                                else {{ hour }}
                            end as string
                        ),
                        ':',
                        regexp_extract({{ said }}, '{{ time }}', 2),
                        ':',
                        coalesce(nullif(regexp_extract({{ said }}, '{{ time }}', 3), ''), '00')
                    )
        end as timestamp
    )
    + case
        when {{ matches(said, "':[0-9.,: apm]+(z|utc|gmt|[+-]00:?00)$'") }} and {{ is_summer_time(day) }}
            then interval 1 hour
        else interval 0 hour
    end
{%- endmacro %}

{#- The day by the clock here of a day whose text may have a time in UTC: the last hour of a day in UTC
    is the next day's first in summer. -#}
{% macro local_day(text, day) -%}
    case
        -- No time fits behind a day in so few letters.
        when length({{ text }}) <= 10 then {{ day }}
        when {{ is_summer_time(day) }}
            then
                cast(
                    {{ day }} + case
                        when {{ matches(
                            text, "'(23:|11:.*[Pp])[^A-Z]*([Zz]|UTC|utc|GMT|gmt|[+-]00:?00)$'"
                        ) }}
                            then 1
                        else 0
                    end as date
                )
        -- Midnight by summer time, on a day that has none, is the day before or a slip.
        when not {{ matches(text, "'[T ](0?0|12):.*([Bb][Ss][Tt]|[+]01:?00)$'") }}
            then {{ day }}
    end
{%- endmacro %}

{#- Whether clocks stand an hour before UTC at the end of a day: from the last Sunday of March to the day
    before the last Sunday of October (Summer Time Act 1972; Summer Time Order 2002). -#}
{% macro is_summer_time(day) -%}
    (
        month({{ day }}) between 4 and 9
        {% for month, comparison in [(3, '>='), (10, '<')] -%}
            {%- set month_end = 'make_date(cast(year(' ~ day ~ ') as int), ' ~ month ~ ', 31)' -%}
            or (
                month({{ day }}) = {{ month }}
                and day({{ day }}) {{ comparison }} 31 - {{ days_between(
                    "cast('2000-01-02' as date)", month_end
                ) }} % 7
            )
        {% endfor -%}
    )
{%- endmacro %}
