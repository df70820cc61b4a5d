with requests as (

    select * from {{ request_table('foi_requests') }}

),

final as (

    select
        {{ clean_text('request_ref') }} as request_ref,
        {% for event in [
            'received', 'clock_started', 'fee_notice', 'fee_paid', 'responded', 'extension_claimed'
        ] -%}
            {{ clean_text(event ~ '_on') }} as {{ event }}_text,
            {{ parse_date(event ~ '_on') }} as {{ event }}_on,
        {% endfor -%}
        {{ clean_text('subject') }} as subject
    from requests

)

select * from final
