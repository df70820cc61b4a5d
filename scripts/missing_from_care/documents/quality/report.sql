-- What the quality report asks of the warehouse, and the director's page.

-- name: findings
select
    findings.*, replace(findings.effect, '_', ' ') as what_became_of_it, rules.what_to_do
from dq_findings as findings
left join validation_rules as rules on findings.rule_code = rules.rule_code
order by findings.source_file, findings.source_row, findings.rule_code;

-- name: totals
select
    coalesce(sum(findings), 0) as findings,
    coalesce(sum(accepted), 0) as accepted,
    count(*) as rules_broken,
    (select count(*) from validation_rules) as rules_checked,
    (
        select count(*) from dq_finding_summary
        where grouped_by = 'source_file' and group_value <> ''
    ) as files
from dq_finding_summary
where grouped_by = 'rule_code';

-- name: years
select financial_year from dim_financial_years
where has_occasions and has_care order by financial_year;

-- name: published_last
select
    financial_year, measures.heading, coalesce(cast(ours as varchar), '[x]') as ours,
    coalesce(cast(compared.published as varchar), '[x]') as published, comparison
from dq_published_comparison as compared
inner join published_measures as published using (measure)
inner join measures on published.same_as = measures.measure
where financial_year = (
    select max(financial_year) from dq_published_comparison where published_status = 'published'
)
order by cast(measures.measure_order as int);

-- name: by_rule
select nullif(group_value, '') as rule_code, * exclude (grouped_by, group_value)
from dq_finding_summary
where grouped_by = 'rule_code'
order by severity <> 'rejected', findings desc, rule_code;

-- name: by_year
select nullif(group_value, '') as collection_year, * exclude (grouped_by, group_value)
from dq_finding_summary
where grouped_by = 'collection_year'
order by collection_year;

-- name: worst_files
select nullif(group_value, '') as source_file, * exclude (grouped_by, group_value)
from dq_finding_summary
where grouped_by = 'source_file'
order by findings desc, source_file;

-- name: losses
select * from int_module_losses order by not is_beyond, source_file, part;

-- name: accounting
select * from dq_row_accounting order by raw_table, collection_year;

-- name: published
select * from dq_published_comparison order by financial_year, measure;
