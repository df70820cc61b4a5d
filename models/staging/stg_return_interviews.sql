with raw_rows as (

    select * from {{ raw_table('return_interviews') }}

),

landed_files as (

    {{ landed_files('return_interviews', ['mis_start', 'offered_date', 'interview_date']) }}

),

blanks as (

    {{ blank_words() }}

),

cleaned as (

    select
        raw_rows.source_file,
        cast(raw_rows.source_row as int) as source_row,
        {{ child_of('child', 'raw_rows.source_file') }} as child_id,
        {{ source_text('interview_id') }} as interview_id,
        {{ source_text('occasion') }} as occasion_text,
        upper({{ source_text('outcome') }}) as interview_outcome,
        {{ clean_text('conducted_by') }} as conducted_by,
        upper({{ source_text('harmed') }}) as was_hurt,
        upper({{ source_text('sexual_harm') }}) as was_sexually_harmed,
        upper({{ source_text('drug_sale') }}) as was_in_drug_sale,
        upper({{ source_text('crime') }}) as was_in_crime,
        {% for column in interview_columns() -%}
            upper({{ source_text(column) }}) as {{ column }},
        {% endfor -%}
        {{ source_text('mis_start') }} as start_text,
        {{ source_text('offered_date') }} as offered_text,
        {{ source_text('interview_date') }} as interview_text,
        coalesce(landed_files.mis_start_form, 'day_first') as mis_start_form,
        coalesce(landed_files.offered_date_form, 'day_first') as offered_date_form,
        coalesce(landed_files.interview_date_form, 'day_first') as interview_date_form,
        landed_files.latest_year,
        blanks.days as blank_days,
        {{ raw_values(['interview_id', 'child', 'mis_start', 'occasion', 'outcome']) }}
            as raw_values
    from raw_rows
    cross join blanks
    left join landed_files on raw_rows.source_file = landed_files.source_file

),

parted as (

    select
        *,
        {{ day_part('start_text') }} as start_part,
        {{ day_part('offered_text') }} as offered_part,
        {{ day_part('interview_text') }} as interview_part
    from cleaned

),

dated as (

    select
        *,
        {{ parse_date(
            'start_text', 'mis_start_form', 'latest_year', 'start_part'
        ) }} as started_on_written,
        {{ parse_date(
            'offered_text', 'offered_date_form', 'latest_year', 'offered_part'
        ) }} as offered_on_written,
        {{ parse_date(
            'interview_text', 'interview_date_form', 'latest_year', 'interview_part'
        ) }} as interviewed_on_written
    from parted

),

final as (

    select
        source_file,
        source_row,
        child_id,
        interview_id,
        occasion_text,
        try_cast(occasion_text as double) as occasion_value,
        interview_outcome,
        conducted_by,
        was_hurt,
        was_sexually_harmed,
        was_in_drug_sale,
        was_in_crime,
        {% for column in interview_columns() -%}
            {{ column }},
        {% endfor -%}
        {{ filled_text('start_text', 'started_on_written') }} as start_text,
        {{ filled_day('start_text', 'started_on_written') }} as started_on,
        {{ filled_text('offered_text', 'offered_on_written') }} as offered_text,
        {{ filled_day('offered_text', 'offered_on_written') }} as offered_on,
        {{ filled_text('interview_text', 'interviewed_on_written') }} as interview_text,
        {{ filled_day('interview_text', 'interviewed_on_written') }} as interviewed_on,
        raw_values
    from dated

)

select * from final
