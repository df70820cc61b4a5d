-- Rule 9: every fault that a rule finds in a row, what it does to the answers, and whether somebody
-- has accepted it.

with findings as (

    select * from {{ ref('int_findings_missing') }}
    union all
    select * from {{ ref('int_findings_episodes') }}
    union all
    select * from {{ ref('int_findings_header') }}
    union all
    select * from {{ ref('int_findings_uasc') }}
    union all
    select * from {{ ref('int_findings_interviews') }}
    union all
    select * from {{ ref('int_findings_case_management') }}
    union all
    -- What an analyst mends in the case-management system itself: the rows it cannot be counted by.
    select
        rule_code,
        collection_year,
        source_file,
        source_row,
        child_id,
        raw_values as found
    from {{ ref('dq_rejected_rows') }}
    where left(raw_table, 4) = 'ssd_'

),

validation_rules as (

    select * from {{ ref('validation_rules') }}

),

row_outcomes as (

    select * from {{ ref('dq_row_outcomes') }}

),

accepted_findings as (

    select * from {{ ref('stg_rules__accepted_findings') }}

),

-- Two rows may accept the same finding: it stays one finding.
reasons as (

    select
        findings.rule_code,
        findings.source_file,
        findings.source_row,
        min(accepted_findings.reason) as accepted_reason
    from findings
    inner join accepted_findings
        on
            findings.rule_code = accepted_findings.rule_code
            and findings.source_file
            = coalesce(accepted_findings.source_file, findings.source_file)
            and coalesce(findings.child_id, '')
            = coalesce(accepted_findings.child_id, findings.child_id, '')
    group by findings.rule_code, findings.source_file, findings.source_row

),

joined as (

    select
        findings.*,
        validation_rules.severity,
        validation_rules.raw_table,
        validation_rules.finding as what_the_rule_finds,
        row_outcomes.outcome,
        reasons.accepted_reason
    from findings
    left join validation_rules on findings.rule_code = validation_rules.rule_code
    left join row_outcomes
        on
            validation_rules.raw_table = row_outcomes.raw_table
            and findings.source_file = row_outcomes.source_file
            and findings.source_row = row_outcomes.source_row
    left join reasons
        on
            findings.rule_code = reasons.rule_code
            and findings.source_file = reasons.source_file
            and findings.source_row = reasons.source_row

)

select
    cast(rule_code as string) as rule_code,
    cast(severity as string) as severity,
    cast(raw_table as string) as raw_table,
    cast(collection_year as string) as collection_year,
    cast(source_file as string) as source_file,
    cast(source_row as int) as source_row,
    cast(child_id as string) as child_id,
    cast(what_the_rule_finds || ' ' || found as string) as finding,
    cast(outcome as string) as effect,
    cast(accepted_reason is not null as boolean) as is_accepted,
    cast(accepted_reason as string) as accepted_reason
from joined
order by raw_table, source_file, source_row, rule_code
