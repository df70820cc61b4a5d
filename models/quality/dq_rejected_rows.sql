-- Rule 7: every row that cannot be counted at all, with where it stands and what it says.

with judged_rows as (

    {{ judged_rows(['child_id', 'reject_code', 'raw_values']) }}

),

validation_rules as (select * from {{ ref('validation_rules') }})

select
    cast(judged_rows.raw_table as string) as raw_table,
    cast(judged_rows.collection_year as string) as collection_year,
    cast(judged_rows.source_file as string) as source_file,
    cast(judged_rows.source_row as int) as source_row,
    cast(judged_rows.child_id as string) as child_id,
    cast(judged_rows.reject_code as string) as rule_code,
    cast(validation_rules.finding as string) as reason,
    cast(judged_rows.raw_values as string) as raw_values
from judged_rows
left join validation_rules on judged_rows.reject_code = validation_rules.rule_code
where judged_rows.reject_code is not null
order by raw_table, source_file, source_row
