-- A row is rejected if and only if a rule of severity rejected finds a fault in it, and the reason
-- that is given for it is one of those.

with rejected_rows as (select * from {{ ref('dq_rejected_rows') }}),

findings as (

    select * from {{ ref('dq_findings') }}
    where severity = 'rejected'

)

select
    coalesce(rejected_rows.raw_table, findings.raw_table) as raw_table,
    coalesce(rejected_rows.source_file, findings.source_file) as source_file,
    coalesce(rejected_rows.source_row, findings.source_row) as source_row,
    rejected_rows.rule_code as reason_given,
    findings.rule_code as finding,
    findings.effect
from rejected_rows
full join findings
    on
        rejected_rows.raw_table = findings.raw_table
        and rejected_rows.source_file = findings.source_file
        and rejected_rows.source_row = findings.source_row
        and rejected_rows.rule_code = findings.rule_code
where findings.rule_code is null or findings.effect <> 'rejected'
