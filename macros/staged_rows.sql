{#- A raw table with its values cleaned and typed, a row for each landed row.

    `ids`, `texts`, `codes` (in capitals) and `numeric_codes` (1.0 is 1) name columns by what they become.
    `dates` are, for each column of days, what its text and its day are called; where they are wanted the
    last year that two digits can mean (`until`: `last_year` for births) and what its time is called.
    Many rows have few different values: each is read once. -#}
{% macro staged_rows(table, child, dates, ids={}, texts={}, codes={}, numeric_codes={}) -%}
{%- set is_return = table.startswith('ssda903_') -%}
{%- set kinds = {
    'child': {'child_id': child}, 'id': ids, 'text': texts, 'code': codes, 'numeric': numeric_codes
} -%}
{%- set raw = raw_table(table) -%}
with landed_files as (

    {{ landed_files(table, dates | map(attribute='column')) }}

),

-- CSV is read once and held; Parquet is read again for each column, since a table may be large.
raw_rows as {{ 'not materialized' if 'read_parquet' in raw }} (

    select
        raw_rows.*,
        coalesce(landed_files.file_number, 0) as file_number,
        landed_files.taken_on
    from {{ raw }} as raw_rows
    left join landed_files
        on
            raw_rows.source_file = landed_files.source_file
            {{ 'and raw_rows.collection_year = landed_files.collection_year' if is_return }}

),

blanks as (

    {{ blank_words() }}

),

values_found as (

    {% for kind, columns in kinds.items() -%}
        {% for name, column in columns.items() -%}
            {{ 'union all' if name != 'child_id' }}
            select distinct
                '{{ kind }}' as kind,
                '{{ name }}' as name,
                {{ column }} as written
            from raw_rows
        {% endfor -%}
    {% endfor %}
),

values_cleaned as (

    select
        values_found.*,
        {{ source_text('values_found.written') }} as text
    from values_found
    cross join blanks

),

texts as (

    select
        name,
        written,
        case
            when kind = 'text' then text
            when kind = 'code' then upper(text)
            when kind = 'numeric' then regexp_replace(upper(text), '[.]0$', '')
            -- Rule 17: a number in scientific notation has lost its digits and is no child.
            when kind = 'child' and {{ matches('text', "'^[0-9]+([.,][0-9]+)?[eE][+-]?[0-9]+$'") }}
                then null
            else regexp_replace(text, '[.]0+$', '')
        end as text
    from values_cleaned

),

dates_found as (

    {% for date in dates -%}
        select distinct
            '{{ date.column }}' as column_name,
            '{{ date.until or 'latest_year' }}' as until,
            file_number,
            {{ date.column }} as written
        from raw_rows
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

dates_cleaned as (

    select
        dates_found.*,
        {{ source_text('dates_found.written') }} as text,
        coalesce(
            case dates_found.column_name
                {% for date in dates -%}
                    when '{{ date.column }}' then landed_files.{{ date.column }}_form
                {% endfor -%}
            end,
            'day_first'
        ) as form,
        case dates_found.until
            when 'last_year' then landed_files.last_year
            else landed_files.latest_year
        end as until_year,
        blanks.days as blank_days
    from dates_found
    cross join blanks
    left join landed_files on dates_found.file_number = landed_files.file_number

),

dates_parted as (

    select
        *,
        {{ day_part('text') }} as part
    from dates_cleaned

),

dates_read as (

    select
        *,
        {{ parse_date('text', 'form', 'until_year', 'part') }} as parsed
    from dates_parted

),

days as (

    select
        column_name,
        file_number,
        written,
        {{ filled_text('text', 'parsed') }} as text,
        {% if dates | selectattr('time', 'defined') | list -%}
            {{ filled_time('text', 'parsed') }} as time_of_day,
        {% endif -%}
        {{ filled_day('text', 'parsed') }} as day
    from dates_read

),

final as (

    select
        {{ 'raw_rows.collection_year,' if is_return }}
        raw_rows.source_file,
        cast(raw_rows.source_row as int) as source_row,
        case
            when child_id_texts.text is not null
                then concat_ws('|', {{ council_of('raw_rows.source_file') }}, child_id_texts.text)
        end as child_id,
        {% for columns in (ids, texts, codes, numeric_codes) -%}
            {% for name in columns -%}
                {{ name }}_texts.text as {{ name }},
            {% endfor -%}
        {% endfor -%}
        {{ 'raw_rows.taken_on,' if not is_return and table != 'return_interviews' }}
        {% for date in dates -%}
            {{ date.column }}_days.text as {{ date.text }},
            {% if date.time -%}
                {{ date.column }}_days.time_of_day as {{ date.time }},
            {% endif -%}
            {{ date.column }}_days.day as {{ date.day }}{{ ',' if not loop.last }}
        {% endfor %}
    from raw_rows
    {% for columns in kinds.values() -%}
        {% for name, column in columns.items() -%}
            left join texts as {{ name }}_texts
                on {{ name }}_texts.name = '{{ name }}' and raw_rows.{{ column }} = {{ name }}_texts.written
        {% endfor -%}
    {% endfor -%}
    {% for date in dates -%}
        left join days as {{ date.column }}_days
            on
                {{ date.column }}_days.column_name = '{{ date.column }}'
                and raw_rows.file_number = {{ date.column }}_days.file_number
                and raw_rows.{{ date.column }} = {{ date.column }}_days.written
    {% endfor %}
)

select * from final
{%- endmacro %}
