{#- A raw table with its values cleaned and typed, a row for each landed row.

    `ids`, `texts`, `codes` (in capitals) and `numeric_codes` (1.0 is 1) name columns by what they become.
    `dates` are, for each column of days, what its text and its day are called; where they are wanted the
    last year that two digits can mean (`until`: `last_year` for births) and what its time is called.
    `shown` are the columns by which a person finds a row and mends it. -#}
{% macro staged_rows(table, child, dates, shown, ids={}, texts={}, codes={}, numeric_codes={}) -%}
{%- set is_return = table.startswith('ssda903_') -%}
with raw_rows as (

    select * from {{ raw_table(table) }}

),

landed_files as (

    {{ landed_files(table, dates | map(attribute='column')) }}

),

blanks as (

    {{ blank_words() }}

),

cleaned as (

    select
        {{ 'raw_rows.collection_year,' if is_return }}
        raw_rows.source_file,
        cast(raw_rows.source_row as int) as source_row,
        {{ child_of(child, 'raw_rows.source_file') }} as child_id,
        {% for name, column in ids.items() -%}
            {{ system_id(column) }} as {{ name }},
        {% endfor -%}
        {% for name, column in texts.items() -%}
            {{ source_text(column) }} as {{ name }},
        {% endfor -%}
        {% for name, column in codes.items() -%}
            upper({{ source_text(column) }}) as {{ name }},
        {% endfor -%}
        {% for name, column in numeric_codes.items() -%}
            regexp_replace(upper({{ source_text(column) }}), '[.]0$', '') as {{ name }},
        {% endfor -%}
        {% for date in dates -%}
            {{ source_text(date.column) }} as {{ date.text }},
            coalesce(landed_files.{{ date.column }}_form, 'day_first') as {{ date.column }}_form,
        {% endfor -%}
        landed_files.last_year,
        landed_files.latest_year,
        landed_files.taken_on,
        blanks.days as blank_days,
        {{ raw_values(shown) }} as raw_values
    from raw_rows
    cross join blanks
    left join landed_files
        on
            raw_rows.source_file = landed_files.source_file
            {{ 'and raw_rows.collection_year = landed_files.collection_year' if is_return }}

),

parted as (

    select
        {% for date in dates -%}
            {{ day_part(date.text) }} as {{ date.text }}_part,
        {% endfor -%}
        *
    from cleaned

),

dated as (

    select
        {% for date in dates -%}
            {{ parse_date(
                date.text, date.column ~ '_form', date.until or 'latest_year', date.text ~ '_part'
            ) }} as {{ date.text }}_day,
        {% endfor -%}
        *
    from parted

),

final as (

    select
        {{ 'collection_year,' if is_return }}
        source_file,
        source_row,
        child_id,
        {% for name in (ids | list) + (texts | list) + (codes | list) + (numeric_codes | list) -%}
            {{ name }},
        {% endfor -%}
        {% for date in dates -%}
            {{ filled_text(date.text, date.text ~ '_day') }} as {{ date.text }},
            {{ filled_day(date.text, date.text ~ '_day') }} as {{ date.day }},
            {%- if date.time %}
                {{ filled_time(date.text, date.text ~ '_day') }} as {{ date.time }},
            {%- endif %}
        {% endfor -%}
        {{ 'taken_on,' if table.startswith('ssd_') }}
        raw_values
    from dated

)

select * from final
{%- endmacro %}
