-- A finding is accepted for a reason, by somebody and until a day. Values are not named: the
-- sentence goes to a log, and the seed may name a child.

with accepted_findings as (select * from {{ ref('stg_rules__accepted_findings') }}),

validation_rules as (select * from {{ ref('validation_rules') }}),

problems as (

    select
        'rule ' || coalesce(accepted_findings.rule_code, 'blank')
        || ', ' || coalesce(accepted_findings.source_file, 'any file') as which_row,
        case
            when validation_rules.rule_code is null
                then 'has no rule_code of seeds/rules/validation_rules.csv'
            when accepted_findings.source_file is null and accepted_findings.child_id is null
                then 'names neither a file nor a child, so it would accept everything'
            when accepted_findings.reason is null
                then 'has no reason'
            when accepted_findings.accepted_by is null
                then 'does not say by whom it is accepted'
            when accepted_findings.accepted_until_text is null
                then 'does not say until when it is accepted'
            when accepted_findings.accepted_until is null
                then 'has an accepted_until that is no date'
            when accepted_findings.accepted_until < current_date
                then 'was accepted until ' || cast(accepted_findings.accepted_until as string)
        end as problem
    from accepted_findings
    left join validation_rules on accepted_findings.rule_code = validation_rules.rule_code

)

select problem
from problems
where
    case
        when problem is not null
            then {{ raise_sentence(
                "'An accepted finding (' || which_row || ') ' || problem"
                ~ " || '. Mend or delete its row of seeds/rules/accepted_findings.csv.'"
            ) }}
    end is not null
