-- What is wrong with the landed rows without saying with which: for those who may not see a child.

with findings as (select * from {{ ref('dq_findings') }}),

rules as (select * from {{ ref('validation_rules') }}),

counted as (

    select
        rule_code,
        severity,
        raw_table,
        collection_year,
        effect,
        is_accepted,
        count(*) as findings
    from findings
    group by rule_code, severity, raw_table, collection_year, effect, is_accepted

)

select
    cast(counted.rule_code as string) as rule_code,
    cast(counted.raw_table as string) as raw_table,
    cast(counted.collection_year as string) as collection_year,
    cast(counted.effect as string) as effect,
    cast(counted.is_accepted as boolean) as is_accepted,
    cast(counted.severity as string) as severity,
    cast(counted.findings as bigint) as findings,
    cast(rules.finding as string) as rule_finds,
    cast(rules.what_to_do as string) as what_to_do
from counted
left join rules on counted.rule_code = rules.rule_code
order by counted.rule_code, counted.raw_table, counted.collection_year
