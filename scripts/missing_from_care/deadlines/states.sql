-- How many requests of a register stand how. Each statement has a name above it and ends with `;`.

-- name: requests
create table requests (
    received_on date, responded_on date, is_answered_late boolean, outcome text, exemptions text[]
);

-- name: quarters
select
    strftime(quarter_start, '%Y') || ' Q' || quarter(quarter_start) as quarter,
    count(*) as received,
    count(*) filter (responded_on is not null and not is_answered_late) as in_time,
    count(*) filter (responded_on is not null and is_answered_late) as late,
    count(*) filter (responded_on is null) as open,
    count(*) filter (outcome = 'released') as released,
    count(*) filter (outcome = 'partly_released') as partly_released,
    count(*) filter (outcome = 'withheld') as withheld,
    count(*) filter (outcome = 'refused') as refused,
    count(*) filter (outcome = 'not_held') as not_held,
    -- Answered without a pack here.
    count(*) filter (responded_on is not null and outcome is null) as not_known
from (select *, date_trunc('quarter', received_on) as quarter_start from requests)
group by grouping sets ((quarter_start), ())
order by quarter_start nulls last;

-- name: exemptions
select exemption, count(*) as answers
from (select unnest(exemptions) as exemption from requests)
group by exemption
order by answers desc, exemption;
