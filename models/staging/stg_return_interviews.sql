with raw_rows as (

    select * from {{ raw_table('return_interviews') }}

),

final as (

    select
        source_file,
        cast(source_row as int) as source_row,
        {{ clean_text('interview_id') }} as interview_id,
        {{ child_key(clean_text('child')) }} as child_id,
        {{ clean_text('mis_start') }} as start_text,
        {{ parse_date('mis_start') }} as started_on,
        {{ clean_text('occasion') }} as occasion_text,
        try_cast({{ clean_text('occasion') }} as double) as occasion_value,
        {{ clean_text('offered_date') }} as offered_text,
        {{ parse_date('offered_date') }} as offered_on,
        upper({{ clean_text('outcome') }}) as interview_outcome,
        {{ clean_text('interview_date') }} as interview_text,
        {{ parse_date('interview_date') }} as interviewed_on,
        {{ clean_text('conducted_by') }} as conducted_by,
        upper({{ clean_text('harmed') }}) as was_hurt,
        upper({{ clean_text('sexual_harm') }}) as was_sexually_harmed,
        upper({{ clean_text('drug_sale') }}) as was_in_drug_sale,
        upper({{ clean_text('crime') }}) as was_in_crime,
        {{ raw_values([
            'interview_id', 'child', 'mis_start', 'occasion', 'outcome'
        ]) }} as raw_values
    from raw_rows

)

select * from final
