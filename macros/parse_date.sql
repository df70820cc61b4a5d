{#- A day, from a text that `source_text` or `clean_text` cleaned.

    `form` is how the dates of the file's column are written, which landing decided once from all of its
    values: a constant in quotes, or an expression. Month-first forms are read so that landing knows
    them; no landed column has one. Years of two digits are the last ones not after `latest_year`.
    `part` is the text's `day_part` where that is a column already. Null if the text is blank, or no day
    in that form. -#}
{% macro parse_date(text, form="'day_first'", latest_year='9999', part=none) %}
    {{- adapter.dispatch('parse_date', 'missing_from_care')(text, form, latest_year, part) -}}
{% endmacro %}

{% macro default__parse_date(text, form, latest_year, part) -%}
    {%- set said = part or day_part(text) -%}
    {%- set shape = "translate(" ~ said ~ ", '0123456789', '9999999999')" -%}
    {%- set day_and_month = ['99/99', '9/9', '9/99', '99/9'] -%}
    {%- set numbers = shape ~ " in ('" ~ day_and_month | join("/9999', '") ~ "/9999')" -%}
    {%- set years_first = shape ~ " in ('9999/" ~ day_and_month | join("', '9999/") ~ "')" -%}
    {%- set short = shape ~ " in ('" ~ day_and_month | join("/99', '") ~ "/99')" -%}
    {%- set first = "split_part(" ~ said ~ ", '/', 1)" -%}
    {%- set second = "split_part(" ~ said ~ ", '/', 2)" -%}
    {%- set third = "split_part(" ~ said ~ ", '/', 3)" -%}
    {%- set month = '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?'
        ~ '|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)/*' -%}
    {%- set day, year = '[0-9]{1,2}(?:st|nd|rd|th)?', '(?:[0-9]{4}|[0-9]{2})' -%}
    {%- set named = matches(
        said, "'^(?:" ~ day ~ "/*" ~ month ~ year ~ "|" ~ month ~ day ~ "/+" ~ year ~ ")$'"
    ) -%}
    {%- set named_year_first = matches(said, "'^[0-9]{4}/*" ~ month ~ "[0-9]{1,2}$'") -%}
    {%- set first_number = "regexp_extract(" ~ said ~ ", '[0-9]+')" -%}
    {%- set last_number = "regexp_extract(" ~ said ~ ", '[0-9]+$')" -%}
    {%- set ways = [
        ('day_first', numbers, third, second, first),
        ('day_first', years_first, first, second, third),
        ('month_first', numbers, third, first, second),
        ('month_first', years_first, first, second, third),
        ('year_day_month', years_first, first, third, second),
        ('day_first_short', short, last_year_of(third, latest_year), second, first),
        ('month_first_short', short, last_year_of(third, latest_year), first, second),
        ('year_first_short', short, last_year_of(first, latest_year), second, third),
        ('month_name', named,
            "case when length(" ~ last_number ~ ") = 4 then " ~ last_number ~ " else "
            ~ last_year_of(last_number, latest_year) ~ " end",
            month_number(said), first_number),
        ('month_name', named_year_first, first_number, month_number(said), last_number),
        ('compact', shape ~ " in ('99999999', '99999999/9')",
            'left(' ~ said ~ ', 4)', 'substring(' ~ said ~ ', 5, 2)', 'substring(' ~ said ~ ', 7, 2)'),
    ] -%}
    {%- set constant = form.replace("'", '') if form.startswith("'") else none -%}
    {%- set only_to_tell = ['month_first', 'year_day_month', 'month_first_short', 'year_first_short'] -%}
    try_cast(
        case
            {%- for name, is_so, year, month, day in ways
                if constant == name or (not constant and name not in only_to_tell) %}
                when
                    {{ '' if constant else form ~ " = '" ~ name ~ "' and " }}{{ is_so }}
                    then concat({{ year }}, '-', {{ month }}, '-', {{ day }})
            {%- endfor %}
            {%- for name, first_day in [('serial_1900', '1899-12-30'), ('serial_1904', '1904-01-01')]
                if not constant or constant == name %}
                when
                    {{ '' if constant else form ~ " = '" ~ name ~ "' and " -}}
                    {{ matches(text, "'^[0-9]{1,5}([.][0-9]+)?$'") }}
                    then
                        cast(
                            cast('{{ first_day }}' as date)
                            + cast(floor(try_cast({{ text }} as double)) as int) as string
                        )
            {%- endfor %}
        end as date
    )
{%- endmacro %}

{#- The day of a text that may have a weekday before it and a time behind it: in small letters, with a
    slash between its parts. -#}
{% macro day_part(text) %}
    {{- adapter.dispatch('day_part', 'missing_from_care')(text) -}}
{% endmacro %}

{% macro default__day_part(text) -%}
    {%- set weekday = '^(?:mon|tues?|wed|wednes|thu|thurs?|fri|sat|satur|sun)(?:day)?,? +' -%}
    {%- set time -%}
        (?:[ t]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?: ?[ap][.]?m[.]?)?(?: ?(?:z|utc|gmt|bst|[+-]00:?00|[+]01:?00))?)$
    {%- endset -%}
    translate(
        case
            -- No time fits behind a day in so few letters.
            when length({{ text }}) <= 10 then lower({{ text }})
            -- ISO 8601 with the hour alone.
            when {{ text }} like '____-__-__T__' then left({{ text }}, 10)
            else
                regexp_replace(
                    regexp_replace(lower({{ text }}), '{{ time }}', ''), '{{ weekday }}', ''
                )
        end,
        '-. ,',
        '////'
    )
{%- endmacro %}

{#- The number of the month that a text names; 1 for jan. -#}
{% macro month_number(text) -%}
    cast(
        (
            position(
                regexp_extract({{ text }}, 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec')
                in 'janfebmaraprmayjunjulaugsepoctnovdec'
            ) + 2
        ) / 3 as int
    )
{%- endmacro %}

{#- The last year not after another that two digits can mean. -#}
{% macro last_year_of(digits, latest_year) -%}
    cast({{ latest_year }} - ({{ latest_year }} - try_cast({{ digits }} as int)) % 100 as string)
{%- endmacro %}
