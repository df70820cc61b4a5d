{#- A day, from a text that `source_text` or `clean_text` cleaned.

    `form` is how the dates of the file's column are written, which landing decided once from all of its
    values: a constant in quotes, or an expression. Month-first forms are read so that landing knows
    them; no landed column has one. Years of two digits are the last ones not after `latest_year`. A
    time may stand behind the day. Null if the text is blank, or no day in that form. -#}
{% macro parse_date(text, form="'day_first'", latest_year='9999') %}
    {{- adapter.dispatch('parse_date', 'missing_from_care')(text, form, latest_year) -}}
{% endmacro %}

{% macro default__parse_date(text, form, latest_year) -%}
    {%- set time -%}
        (?:[ t]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?: ?[ap][.]?m[.]?)?(?: ?(?:z|utc|gmt|bst|[+-]00:?00|[+]01:?00))?)?$
    {%- endset -%}
    {%- set months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] -%}
    {%- set month -%}
        (jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?[.]?
    {%- endset -%}
    {%- set weekday = '(?:(?:mon|tues?|wed|wednes|thu|thurs?|fri|sat|satur|sun)(?:day)?,? +)?' -%}
    {%- set year = '([0-9]{4}|[0-9]{2})' -%}
    {%- set gap = '[-/., ]*' -%}
    {%- set said = 'lower(' ~ text ~ ')' -%}
    {%- set numbers = '^([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4})' ~ time -%}
    {%- set numbers_short = '^([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{2})' ~ time -%}
    {%- set year_first = '^([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})' ~ time -%}
    {%- set day_and_name = '^' ~ weekday ~ '([0-9]{1,2})(?:st|nd|rd|th)?' ~ gap ~ '(?:of )?' ~ month ~ gap ~ year ~ time -%}
    {%- set name_and_day = '^' ~ weekday ~ month ~ gap ~ '([0-9]{1,2})(?:st|nd|rd|th)?[-/., ]+' ~ year ~ time -%}
    {%- set forms = {
        'day_first': [(numbers, 3, 2, 1), (year_first, 1, 2, 3)],
        'month_first': [(numbers, 3, 1, 2), (year_first, 1, 2, 3)],
        'day_first_short': [(numbers_short, 3, 2, 1)],
        'month_first_short': [(numbers_short, 3, 1, 2)],
        'year_first_short': [(numbers_short, 1, 2, 3)],
        'year_day_month': [(year_first, 1, 3, 2)],
        'month_name': [
            (day_and_name, 3, 2, 1), (name_and_day, 3, 1, 2),
            ('^([0-9]{4})' ~ gap ~ month ~ gap ~ '([0-9]{1,2})' ~ time, 1, 2, 3),
        ],
        'compact': [('^([0-9]{4})([0-9]{2})([0-9]{2})(?:[.]0+)?' ~ time, 1, 2, 3)],
    } -%}
    {%- set ways = {} -%}
    {%- for name, patterns in forms.items() -%}
        {%- set way -%}
            coalesce(
                {%- for pattern, year_at, month_at, day_at in patterns %}
                    {%- set parts = {} -%}
                    {%- for part, at in [('year', year_at), ('month', month_at), ('day', day_at)] -%}
                        {%- do parts.update({part: "regexp_extract(" ~ said ~ ", '" ~ pattern ~ "', " ~ at ~ ")"}) -%}
                    {%- endfor -%}
                    try_cast(
                        concat(
                            {{ whole_year(parts.year, latest_year) if 'short' in name or name == 'month_name' else parts.year }},
                            '-',
                            {{ month_number(parts.month) if name == 'month_name' else parts.month }},
                            '-',
                            {{ parts.day }}
                        ) as date
                    )
                    {{- ',' if not loop.last }}
                {%- endfor %}
            )
        {%- endset -%}
        {%- do ways.update({name: way}) -%}
    {%- endfor -%}
    {%- for name, first_day in [('serial_1900', '1899-12-30'), ('serial_1904', '1904-01-01')] -%}
        {%- do ways.update({name:
            "cast(cast('" ~ first_day ~ "' as date) + case when "
            ~ matches(said, "'^[0-9]{1,5}([.][0-9]+)?$'")
            ~ " then cast(floor(try_cast(" ~ said ~ " as double)) as int) end as date)"
        }) -%}
    {%- endfor -%}
    {%- set constant = form.replace("'", '') -%}
    {%- if constant in ways -%}
        {{ ways[constant] }}
    {%- else -%}
        {#- The return's own form, which nearly all dates have, is read without a pattern. -#}
        case
            when
                {{ form }} = 'day_first'
                and length({{ text }}) = 10
                and substring({{ text }}, 3, 1) = '/'
                and substring({{ text }}, 6, 1) = '/'
                then
                    try_cast(
                        concat(
                            substring({{ text }}, 7, 4), '-', substring({{ text }}, 4, 2), '-',
                            substring({{ text }}, 1, 2)
                        ) as date
                    )
            {%- for name, way in ways.items() if name not in [
                'month_first', 'month_first_short', 'year_first_short', 'year_day_month'
            ] %}
                when {{ form }} = '{{ name }}' then {{ way }}
            {%- endfor %}
        end
    {%- endif -%}
{%- endmacro %}

{#- The year that two digits mean; four stay as they are. -#}
{% macro whole_year(digits, latest_year) -%}
    concat(
        case
            when length({{ digits }}) = 2
                then
                    case
                        when try_cast(concat('20', {{ digits }}) as int) <= {{ latest_year }} then '20'
                        else '19'
                    end
            else ''
        end,
        {{ digits }}
    )
{%- endmacro %}

{#- 1 for jan; null if it is no month. -#}
{% macro month_number(name) -%}
    cast(
        (nullif(position({{ name }} in 'janfebmaraprmayjunjulaugsepoctnovdec'), 0) + 2) / 3 as int
    )
{%- endmacro %}
