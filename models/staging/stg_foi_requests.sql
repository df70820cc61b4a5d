with request_rows as (

    select * from {{ request_table('foi_requests') }}

),

final as (

    select
        {{ clean_text('request_ref') }} as request_ref,
        {{ parse_date('received_on') }} as received_on,
        {{ parse_date('clock_started_on') }} as clock_started_on,
        {{ parse_date('fee_notice_on') }} as fee_notice_on,
        {{ parse_date('fee_paid_on') }} as fee_paid_on,
        {{ parse_date('responded_on') }} as responded_on,
        {{ parse_date('extension_claimed_on') }} as extension_claimed_on,
        {{ clean_text('subject') }} as subject
    from request_rows

)

select * from final
