with raw_rows as (

    select * from {{ raw_table('ssd_immigration_status') }}

),

final as (

    select
        source_file,
        cast(source_row as int) as source_row,
        {{ child_key(system_text('immi_person_id')) }} as child_id,
        {{ parse_date('immi_immigration_status_start_date') }} as status_began_on,
        {{ parse_date('immi_immigration_status_end_date') }} as status_ceased_on,
        replace(upper({{ system_text('immi_immigration_status') }}), '-', ' ') as status_text,
        {{ raw_values([
            'immi_immigration_status_id', 'immi_person_id', 'immi_immigration_status',
            'immi_immigration_status_start_date', 'immi_immigration_status_end_date'
        ]) }} as raw_values
    from raw_rows

)

select * from final
