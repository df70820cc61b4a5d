-- Rule 7: every row that cannot be counted at all, with where it stands and what it says.

with judged_rows as (

    select
        'ssda903_missing' as raw_table,
        collection_year,
        source_file,
        source_row,
        child_id,
        reject_code,
        raw_values
    from {{ ref('int_missing_rows_judged') }}

    union all

    select
        'ssda903_episodes' as raw_table,
        collection_year,
        source_file,
        source_row,
        child_id,
        reject_code,
        raw_values
    from {{ ref('int_episode_rows_judged') }}

    union all

    select
        'ssda903_header' as raw_table,
        collection_year,
        source_file,
        source_row,
        child_id,
        reject_code,
        raw_values
    from {{ ref('int_header_rows_judged') }}

    union all

    select
        'ssda903_uasc' as raw_table,
        collection_year,
        source_file,
        source_row,
        child_id,
        reject_code,
        raw_values
    from {{ ref('int_uasc_rows_judged') }}

    union all

    select
        'return_interviews' as raw_table,
        'all' as collection_year,
        source_file,
        source_row,
        child_id,
        reject_code,
        raw_values
    from {{ ref('int_interview_rows_judged') }}

    union all

    select
        'ssd_missing' as raw_table,
        'all' as collection_year,
        source_file,
        source_row,
        child_id,
        reject_code,
        raw_values
    from {{ ref('int_case_missing_rows_judged') }}

    union all

    select
        'ssd_cla_episodes' as raw_table,
        'all' as collection_year,
        source_file,
        source_row,
        child_id,
        reject_code,
        raw_values
    from {{ ref('int_case_episode_rows_judged') }}

    union all

    select
        'ssd_person' as raw_table,
        'all' as collection_year,
        source_file,
        source_row,
        child_id,
        case when child_id is null then 'MFC41' end as reject_code,
        raw_values
    from {{ ref('stg_ssd__person') }}

    union all

    select
        'ssd_immigration_status' as raw_table,
        'all' as collection_year,
        source_file,
        source_row,
        child_id,
        reject_code,
        raw_values
    from {{ ref('int_case_immigration_rows_judged') }}

    union all

    select
        'ssd_legal_status' as raw_table,
        'all' as collection_year,
        source_file,
        source_row,
        child_id,
        reject_code,
        raw_values
    from {{ ref('int_case_legal_status_rows_judged') }}

    union all

    select
        'ssd_cla_placement' as raw_table,
        'all' as collection_year,
        source_file,
        source_row,
        child_id,
        reject_code,
        raw_values
    from {{ ref('int_case_placement_rows_judged') }}

),

validation_rules as (

    select * from {{ ref('validation_rules') }}

)

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
