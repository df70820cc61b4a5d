-- Rule 9: every fault that a rule finds in a row, what it does to the answers, and whether somebody
-- has accepted it.

with validation_rules as (

    select * from {{ ref('validation_rules') }}

),

findings_of_rows as (

    select * from {{ ref('int_findings_missing') }}
    union all
    select * from {{ ref('int_findings_episodes') }}
    union all
    select * from {{ ref('int_findings_header') }}
    union all
    select * from {{ ref('int_findings_uasc') }}
    union all
    select * from {{ ref('int_findings_uasc_years') }}
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

findings as (

    select
        findings_of_rows.rule_code,
        validation_rules.raw_table,
        findings_of_rows.collection_year,
        findings_of_rows.source_file,
        findings_of_rows.source_row,
        findings_of_rows.child_id,
        findings_of_rows.found
    from findings_of_rows
    left join validation_rules on findings_of_rows.rule_code = validation_rules.rule_code

    union all

    select
        rule_code,
        raw_table,
        collection_year,
        source_file,
        source_row,
        child_id,
        found
    from {{ ref('int_findings_modules') }}

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
        validation_rules.finding as what_the_rule_finds,
        row_outcomes.outcome,
        reasons.accepted_reason
    from findings
    left join validation_rules on findings.rule_code = validation_rules.rule_code
    left join row_outcomes
        on
            findings.raw_table = row_outcomes.raw_table
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
    cast(case when source_row = 0 then 'not_available' else outcome end as string) as effect,
    cast(accepted_reason is not null as boolean) as is_accepted,
    cast(accepted_reason as string) as accepted_reason
from joined
order by raw_table, source_file, source_row, rule_code
