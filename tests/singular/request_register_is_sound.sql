-- A deadline worked out from a wrong row would be worse than none. The sentence stands in the
-- filter, since dbt only counts the rows and the engine would leave a column out.
select request_ref
from {{ ref('dq_request_register') }}
where
    {{ raise_sentence(
        "'The register of requests, request ' || coalesce(request_ref, 'without a reference')"
        ~ " || ', column ' || column_name || ' ' || problem || '.'"
    ) }} is not null
