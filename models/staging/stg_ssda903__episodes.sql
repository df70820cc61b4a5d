with raw_rows as (

    select * from {{ raw_table('ssda903_episodes') }}

),

final as (

    select
        collection_year,
        source_file,
        cast(source_row as int) as source_row,
        {{ child_key(clean_text('child')) }} as child_id,
        {{ clean_text('decom') }} as start_text,
        {{ parse_date('decom') }} as started_on,
        {{ clean_text('dec') }} as end_text,
        {{ parse_date('dec') }} as ended_on,
        upper({{ clean_text('rec') }}) as reason_ceased_code,
        upper({{ clean_text('ls') }}) as legal_status_code,
        upper({{ clean_text('place') }}) as placement_code,
        {{ raw_values(['child', 'decom', 'ls', 'place', 'dec', 'rec']) }} as raw_values
    from raw_rows

)

select * from final
