-- Rows of the register that no deadline can be worked out from. None may be left: a test says so.

with requests as (

    select
        *,
        'row ' || cast(source_row as string) as source_rows
    from {{ ref('stg_foi_requests') }}

),

without_reference as (

    select
        request_ref,
        source_rows,
        'request_ref' as column_name,
        'is blank: give every request its own reference' as problem
    from requests
    where request_ref is null

),

shared_references as (

    select
        min(request_ref) as request_ref,
        'rows '
        || {{ joined_words('cast(source_row as string)', 'source_row', "' and '") }} as source_rows,
        'request_ref' as column_name,
        case
            when count(distinct request_ref) = 1
                then 'stands in more than one row: keep one row for each request'
            else
                'differs in nothing but capitals and signs such as / and -, so that two packs '
                || 'would share a folder: give every request its own reference'
        end as problem
    from requests
    where request_ref is not null
    group by {{ file_stem('request_ref') }}
    having count(*) > 1

),

-- Windows opens a device where a file has one of these names.
references_without_folder as (

    select
        request_ref,
        source_rows,
        'request_ref' as column_name,
        case
            when {{ file_stem('request_ref') }} = ''
                then 'has neither a letter from A to Z nor a digit'
            else 'is a name that Windows keeps for itself'
        end
        || ', so that no folder can be named after it: give the request another reference'
            as problem
    from requests
    where
        {{ matches(
            file_stem('request_ref'), "'^(|con|prn|aux|nul|(com|lpt)[0-9])$'"
        ) }}

),

without_receipt as (

    select
        request_ref,
        source_rows,
        'received_on' as column_name,
        'is blank: write the day on which the request arrived' as problem
    from requests
    where received_text is null

),

unreadable_dates as (

    {% for event in [
        'received', 'clock_started', 'fee_notice', 'fee_paid', 'responded', 'extension_claimed'
    ] -%}
        select
            request_ref,
            source_rows,
            '{{ event }}_on' as column_name,
            'reads "' || {{ event }}_text
            || '", which is no date: write it as 2026-11-22 or 22/11/2026' as problem
        from requests
        where {{ event }}_text is not null and {{ event }}_on is null
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

impossible_orders as (

    {% for later, earlier in [
        ('clock_started', 'received'),
        ('fee_notice', 'received'),
        ('responded', 'received'),
        ('extension_claimed', 'received'),
        ('fee_paid', 'fee_notice'),
    ] -%}
        select
            request_ref,
            source_rows,
            '{{ later }}_on' as column_name,
            'is ' || cast({{ later }}_on as string) || ', earlier than {{ earlier }}_on, '
            || cast({{ earlier }}_on as string) || ': correct the one that is wrong' as problem
        from requests
        where {{ later }}_on < {{ earlier }}_on
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

payments_without_notice as (

    select
        request_ref,
        source_rows,
        'fee_paid_on' as column_name,
        'is filled while fee_notice_on is blank: write the day of the fees notice too' as problem
    from requests
    where fee_paid_text is not null and fee_notice_text is null

),

limits as (

    select
        coalesce(try_cast(valid_from as date), cast('0001-01-01' as date)) as first_day,
        coalesce(try_cast(valid_to as date), cast('9999-12-31' as date)) as last_day,
        try_cast(limit_pounds as double) / try_cast(pounds_an_hour as double) as hours
    from {{ ref('cost_limits') }}

),

estimates as (

    select
        requests.*,
        limits.hours,
        coalesce(try_cast(requests.cost_records as int), 0) as records_found,
        coalesce(try_cast(requests.cost_minutes as double), 0) as minutes_found
    from requests
    left join limits on requests.received_on between limits.first_day and limits.last_day
    where coalesce(requests.cost_of, requests.cost_records, requests.cost_minutes) is not null

),

unusable_estimates as (

    select
        request_ref,
        source_rows,
        'cost_of' as column_name,
        'is blank while cost_records or cost_minutes is filled: write what would have to be found'
            as problem
    from estimates
    where cost_of is null

    union all

    {% for column, found, what in [
        ('cost_records', 'records_found', 'how many records would have to be looked at'),
        ('cost_minutes', 'minutes_found', 'how many minutes each record would take'),
    ] -%}
        select
            request_ref,
            source_rows,
            '{{ column }}' as column_name,
            coalesce('reads "' || {{ column }} || '", which is no number above 0', 'is blank')
            || ': write {{ what }}' as problem
        from estimates
        where {{ found }} <= 0

        union all
    {% endfor %}

    select
        request_ref,
        source_rows,
        'cost_records' as column_name,
        'is ' || cost_records || ': at ' || cost_minutes || ' minutes each that is within the '
        || cast(hours as string) || ' hours of section 12, so it cannot be refused for its cost'
            as problem
    from estimates
    where
        records_found > 0
        and minutes_found > 0
        and records_found * minutes_found <= hours * 60

),

problems as (

    select * from without_reference
    union all
    select * from shared_references
    union all
    select * from references_without_folder
    union all
    select * from without_receipt
    union all
    select * from unreadable_dates
    union all
    select * from impossible_orders
    union all
    select * from payments_without_notice
    union all
    select * from unusable_estimates

)

select
    cast(request_ref as string) as request_ref,
    cast(source_rows as string) as source_rows,
    cast(column_name as string) as column_name,
    cast(problem as string) as problem
from problems
order by request_ref, column_name, problem
