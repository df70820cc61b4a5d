with raw_rows as (

    select * from {{ raw_table('ssda903_missing') }}

),

final as (

    select
        collection_year,
        source_file,
        cast(source_row as int) as source_row,
        {{ child_key(clean_text('child')) }} as child_id,
        {{ clean_text('dob') }} as birth_text,
        {{ parse_date('dob') }} as birth_date,
        upper({{ clean_text('missing') }}) as status_text,
        {{ clean_text('mis_start') }} as start_text,
        {{ parse_date('mis_start') }} as started_on,
        {{ clean_text('mis_end') }} as end_text,
        {{ parse_date('mis_end') }} as ended_on,
        {{ raw_values(['child', 'dob', 'missing', 'mis_start', 'mis_end']) }} as raw_values
    from raw_rows

)

select * from final
