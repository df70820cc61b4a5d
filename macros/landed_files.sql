{#- What landing found out about each file of a raw table: in which form it writes each date
    (`dob_form`), up to which year its years of two digits reach, and when an extract was taken. -#}
{% macro landed_files(raw_table, dates) -%}
    select
        row_number() over (order by landed.collection_year, landed.source_file) as file_number,
        landed.source_file,
        landed.collection_year,
        landed.taken_on,
        {% for date in dates -%}
            nullif(regexp_extract(landed.date_forms, '(^| ){{ date }}=([a-z0-9_]+)', 2), '')
                as {{ date }}_form,
        {% endfor -%}
        landed.last_year,
        landed.last_year + reach.years as latest_year
    from (
        select
            source_file,
            collection_year,
            date_forms,
            taken_on,
            coalesce(
                try_cast(left(collection_year, 4) as int) + 1,
                year(taken_on),
                year({{ as_of_day() }})
            ) as last_year
        from {{ ref('stg_landed_modules') }}
        where raw_table = '{{ raw_table }}' and status = 'landed'
    ) as landed
    cross join (
        select cast(value as int) as years
        from {{ ref('thresholds') }}
        where threshold = 'years_ahead_of_two_digits'
    ) as reach
{%- endmacro %}
