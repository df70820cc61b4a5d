{% set events = [
    'received', 'clock_started', 'fee_notice', 'fee_paid', 'responded', 'extension_claimed'
] -%}
{% set columns = ['request_ref'] -%}
{% for event in events -%}
    {% do columns.append(event ~ '_on') -%}
{% endfor -%}
{% do columns.append('subject') -%}

with requests as (

    select * from {{ request_table('foi_requests', columns) }}

),

final as (

    select
        {{ clean_text('request_ref') }} as request_ref,
        {% for event in events -%}
            {{ clean_text(event ~ '_on') }} as {{ event }}_text,
            {{ parse_date(event ~ '_on') }} as {{ event }}_on,
        {% endfor -%}
        {{ clean_text('subject') }} as subject,
        source_row
    from requests
    where
        coalesce(
            {% for column in columns -%}
                {{ clean_text(column) }}{{ ',' if not loop.last }}
            {% endfor -%}
        ) is not null

)

select * from final
