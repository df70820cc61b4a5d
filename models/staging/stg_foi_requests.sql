{% set events = [
    'received', 'clock_started', 'fee_notice', 'fee_paid', 'responded', 'extension_claimed'
] -%}
{% set columns = ['request_ref'] -%}
{% for event in events -%}
    {% do columns.append(event ~ '_on') -%}
{% endfor -%}
{% do columns.append('subject') -%}
{% set costs = ['cost_of', 'cost_records', 'cost_minutes', 'cost_offer'] -%}

with requests as (

    select * from {{ request_table('foi_requests', columns, costs) }}

),

final as (

    select
        {{ clean_text('request_ref') }} as request_ref,
        {% for event in events -%}
            {{ clean_text(event ~ '_on') }} as {{ event }}_text,
            {{ parse_date(event ~ '_on') }} as {{ event }}_on,
        {% endfor -%}
        {{ clean_text('subject') }} as subject,
        {% for column in costs -%}
            {{ clean_text(column) }} as {{ column }},
        {% endfor -%}
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
