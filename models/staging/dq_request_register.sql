-- Rows of the register that no deadline can be worked out from. None may be left: a test says so.

{# Windows opens a device where a file has one of the names that it keeps for itself. -#}
{% set faults = [
    (
        'request_ref', 'request_ref is null',
        "'is blank: give every request its own reference'"
    ),
    (
        'request_ref',
        matches(file_stem('request_ref'), "'^(|con|prn|aux|nul|(com|lpt)[0-9])$'"),
        "case when " ~ file_stem('request_ref') ~ " = '' "
        ~ "then 'has neither a letter from A to Z nor a digit' "
        ~ "else 'is a name that Windows keeps for itself' end "
        ~ "|| ', so that no folder can be named after it: give the request another reference'"
    ),
    (
        'received_on', 'received_text is null',
        "'is blank: write the day on which the request arrived'"
    ),
    (
        'fee_paid_on', 'fee_paid_text is not null and fee_notice_text is null',
        "'is filled while fee_notice_on is blank: write the day of the fees notice too'"
    ),
    (
        'cost_of', 'is_estimated and cost_of is null',
        "'is blank while cost_records or cost_minutes is filled: write what would have to be found'"
    ),
    (
        'cost_records',
        'records_found > 0 and minutes_found > 0 and records_found * minutes_found <= hours * 60',
        "'is ' || cost_records || ': at ' || cost_minutes || ' minutes each that is within the ' "
        ~ "|| cast(hours as string) || ' hours of section 12, so it cannot be refused for its cost'"
    ),
] -%}
{% for column, found, what in [
    ('cost_records', 'records_found', 'how many records would have to be looked at'),
    ('cost_minutes', 'minutes_found', 'how many minutes each record would take'),
] -%}
    {% do faults.append((
        column, 'is_estimated and ' ~ found ~ ' <= 0',
        "coalesce('reads \"' || " ~ column ~ " || '\", which is no number above 0', 'is blank') "
        ~ "|| ': write " ~ what ~ "'"
    )) -%}
{% endfor -%}
{% for event in [
    'received', 'clock_started', 'fee_notice', 'fee_paid', 'responded', 'extension_claimed'
] -%}
    {% do faults.append((
        event ~ '_on', event ~ '_text is not null and ' ~ event ~ '_on is null',
        "'reads \"' || " ~ event ~ "_text || '\", which is no date: write it as 2026-11-22 or "
        ~ "22/11/2026'"
    )) -%}
{% endfor -%}
{% for later, earlier in [
    ('clock_started_on', 'received_on'),
    ('fee_notice_on', 'received_on'),
    ('responded_on', 'received_on'),
    ('extension_claimed_on', 'received_on'),
    ('fee_paid_on', 'fee_notice_on'),
] -%}
    {% do faults.append((
        later, later ~ ' < ' ~ earlier,
        "'is ' || cast(" ~ later ~ " as string) || ', earlier than " ~ earlier ~ ", ' || cast("
        ~ earlier ~ " as string) || ': correct the one that is wrong'"
    )) -%}
{% endfor -%}

with limits as (

    select
        coalesce(try_cast(valid_from as date), cast('0001-01-01' as date)) as first_day,
        coalesce(try_cast(valid_to as date), cast('9999-12-31' as date)) as last_day,
        try_cast(limit_pounds as double) / try_cast(pounds_an_hour as double) as hours
    from {{ ref('cost_limits') }}

),

requests as (

    select
        requests.*,
        limits.hours,
        'row ' || cast(requests.source_row as string) as source_rows,
        coalesce(try_cast(requests.cost_records as int), 0) as records_found,
        coalesce(try_cast(requests.cost_minutes as double), 0) as minutes_found,
        coalesce(requests.cost_of, requests.cost_records, requests.cost_minutes) is not null
            as is_estimated
    from {{ ref('stg_foi_requests') }} as requests
    left join limits on requests.received_on between limits.first_day and limits.last_day

),

problems as (

    {% for column, condition, problem in faults -%}
        select
            request_ref,
            source_rows,
            '{{ column }}' as column_name,
            {{ problem }} as problem
        from requests
        where {{ condition }}

        union all

    {% endfor -%}
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

)

select
    cast(request_ref as string) as request_ref,
    cast(source_rows as string) as source_rows,
    cast(column_name as string) as column_name,
    cast(problem as string) as problem
from problems
order by request_ref, column_name, problem
