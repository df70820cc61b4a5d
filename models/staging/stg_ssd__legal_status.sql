with raw_rows as (

    select * from {{ raw_table('ssd_legal_status') }}

),

final as (

    select
        source_file,
        cast(source_row as int) as source_row,
        {{ child_key(system_text('lega_person_id')) }} as child_id,
        {{ parse_date('lega_legal_status_start_date') }} as started_on,
        {{ parse_date('lega_legal_status_end_date') }} as ended_on,
        upper(split_part({{ system_text('lega_legal_status') }}, ' ', 1)) as legal_status_code,
        {{ raw_values([
            'lega_legal_status_id', 'lega_person_id', 'lega_legal_status',
            'lega_legal_status_start_date', 'lega_legal_status_end_date'
        ]) }} as raw_values
    from raw_rows

)

select * from final
