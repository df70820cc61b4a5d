-- A deadline worked out from a wrong row would be worse than none.
select
    {{ raise_sentence(
        "'The register of requests, request ' || coalesce(request_ref, 'without a reference')"
        ~ " || ', column ' || column_name || ' ' || problem || '.'"
    ) }} as sentence
from {{ ref('dq_request_register') }}
