with raw_rows as (

    select * from {{ raw_table('ssd_person') }}

),

landed_files as (

    {{ landed_files('ssd_person', ['pers_dob']) }}

),

blanks as (

    {{ blank_words() }}

),

cleaned as (

    select
        raw_rows.source_file,
        cast(raw_rows.source_row as int) as source_row,
        {{ child_of('pers_person_id', 'raw_rows.source_file') }} as child_id,
        regexp_replace(upper({{ source_text('pers_sex') }}), '[.]0$', '') as sex_code,
        upper({{ source_text('pers_ethnicity') }}) as ethnic_code,
        {{ source_text('pers_dob') }} as birth_text,
        coalesce(landed_files.pers_dob_form, 'day_first') as pers_dob_form,
        landed_files.last_year,
        landed_files.taken_on,
        blanks.days as blank_days,
        {{ raw_values([
            'pers_person_id', 'pers_sex', 'pers_dob',
            'pers_ethnicity'
        ]) }} as raw_values
    from raw_rows
    cross join blanks
    left join landed_files on raw_rows.source_file = landed_files.source_file

),

parted as (

    select
        *,
        {{ day_part('birth_text') }} as birth_part
    from cleaned

),

dated as (

    select
        *,
        {{ parse_date(
            'birth_text', 'pers_dob_form', 'last_year', 'birth_part'
        ) }} as birth_date_written
    from parted

),

final as (

    select
        source_file,
        source_row,
        child_id,
        sex_code,
        ethnic_code,
        {{ filled_text('birth_text', 'birth_date_written') }} as birth_text,
        {{ filled_day('birth_text', 'birth_date_written') }} as birth_date,
        taken_on,
        raw_values
    from dated

)

select * from final
