with raw_rows as (

    select * from {{ raw_table('ssda903_episodes') }}

),

landed_files as (

    {{ landed_files('ssda903_episodes', ['decom', 'dec']) }}

),

blanks as (

    {{ blank_words() }}

),

cleaned as (

    select
        raw_rows.collection_year,
        raw_rows.source_file,
        cast(raw_rows.source_row as int) as source_row,
        {{ child_of('child', 'raw_rows.source_file') }} as child_id,
        upper({{ source_text('rne') }}) as reason_started_code,
        upper({{ source_text('rec') }}) as reason_ceased_code,
        upper({{ source_text('ls') }}) as legal_status_code,
        upper({{ source_text('place') }}) as placement_code,
        {{ source_text('decom') }} as start_text,
        {{ source_text('dec') }} as end_text,
        coalesce(landed_files.decom_form, 'day_first') as decom_form,
        coalesce(landed_files.dec_form, 'day_first') as dec_form,
        landed_files.latest_year,
        blanks.days as blank_days,
        {{ raw_values(['child', 'decom', 'ls', 'place', 'dec', 'rec']) }} as raw_values
    from raw_rows
    cross join blanks
    left join landed_files
        on
            raw_rows.source_file = landed_files.source_file
            and raw_rows.collection_year = landed_files.collection_year

),

parted as (

    select
        *,
        {{ day_part('start_text') }} as start_part,
        {{ day_part('end_text') }} as end_part
    from cleaned

),

dated as (

    select
        *,
        {{ parse_date(
            'start_text', 'decom_form', 'latest_year', 'start_part'
        ) }} as started_on_written,
        {{ parse_date('end_text', 'dec_form', 'latest_year', 'end_part') }} as ended_on_written
    from parted

),

final as (

    select
        collection_year,
        source_file,
        source_row,
        child_id,
        reason_started_code,
        reason_ceased_code,
        legal_status_code,
        placement_code,
        {{ filled_text('start_text', 'started_on_written') }} as start_text,
        {{ filled_day('start_text', 'started_on_written') }} as started_on,
        {{ filled_text('end_text', 'ended_on_written') }} as end_text,
        {{ filled_day('end_text', 'ended_on_written') }} as ended_on,
        raw_values
    from dated

)

select * from final
