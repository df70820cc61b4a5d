with raw_rows as (

    select * from {{ raw_table('ssd_person') }}

),

final as (

    select
        source_file,
        cast(source_row as int) as source_row,
        {{ child_key(system_text('pers_person_id')) }} as child_id,
        {{ parse_date('pers_dob') }} as birth_date,
        regexp_replace(upper({{ system_text('pers_sex') }}), '[.]0$', '') as sex_code,
        upper({{ system_text('pers_ethnicity') }}) as ethnic_code,
        {{ raw_values(['pers_person_id', 'pers_sex', 'pers_dob', 'pers_ethnicity']) }}
            as raw_values
    from raw_rows

)

select * from final
