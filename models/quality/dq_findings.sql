-- Rule 9: every fault that a rule finds in a row, what it does to the answers, and whether somebody
-- has accepted it.

with validation_rules as (select * from {{ ref('validation_rules') }}),

lost_modules as (

    select
        raw_table,
        collection_year,
        source_file,
        {{ joined_words(
            "concat(part, ' ', cast(lost as string), ' of ', cast(counted as string))", 'part'
        ) }} as parts
    from {{ ref('int_module_losses') }}
    where is_beyond
    group by raw_table, collection_year, source_file, folder

),

findings as (

    {{ rows_by_rule([
        ('ssda903_header', 'int_header_rows_judged', 'MFC03 101 102 103 MFC51'),
        (
            'ssda903_episodes', 'int_episode_rows_judged',
            'MFC02 141 144 146 147 148 356 MFC14 MFC15 MFC25 MFC51'
        ),
        ('ssda903_episodes', 'int_findings_episodes', '501 502'),
        (
            'ssda903_missing', 'int_missing_rows_judged',
            'MFC01 564 565 566 567 570 571 1004 1005 1006 MFC19 MFC51'
        ),
        (
            'ssda903_missing', 'int_findings_missing',
            '574 575 576 577 578 580 581 586 1012 INT04 INT13 MFC09 MFC10 MFC11 MFC24'
        ),
        ('ssda903_uasc', 'int_uasc_rows_judged', 'MFC04 104 105 303 MFC20 MFC51'),
        (
            'ssda903_uasc', 'int_findings_uasc',
            '231 304 INT09 INT18 INT21 INT36 MFC23 205A 205B 205C 205D'
        ),
        (
            'return_interviews', 'int_interview_rows_judged',
            'MFC05 MFC06 MFC07 MFC16 MFC17 MFC22 MFC51 MFC59'
        ),
        ('return_interviews', 'int_interviews_linked', 'MFC08'),
        ('ssd_missing', 'int_case_missing_rows_judged', 'MFC54 MFC57'),
        ('ssd_cla_episodes', 'int_case_episode_rows_judged', 'MFC58'),
        ('ssd_immigration_status', 'int_case_immigration_rows_judged', 'MFC53'),
        ('ssd_legal_status', 'int_case_legal_status_rows_judged', 'MFC52'),
        ('ssd_cla_placement', 'int_case_placement_rows_judged', 'MFC56'),
    ]) }}

    -- What an analyst mends in the case-management system itself: the rows it cannot be counted by.
    select
        rule_code,
        raw_table,
        collection_year,
        source_file,
        source_row,
        child_id,
        raw_values as found
    from {{ ref('dq_rejected_rows') }}
    where left(raw_table, 4) = 'ssd_'

    union all

    -- The file as a whole, not one of its rows.
    select
        'MFC50' as rule_code,
        raw_table,
        collection_year,
        source_file,
        0 as source_row,
        cast(null as string) as child_id,
        concat('Lost: ', parts, '.') as found
    from lost_modules

),

row_outcomes as (select * from {{ ref('dq_row_outcomes') }}),

accepted_findings as (select * from {{ ref('stg_rules__accepted_findings') }}),

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
