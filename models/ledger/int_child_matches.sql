-- Rule 17: the identifiers that mean another as soon as case and leading zeros are ignored. They
-- are only for a council with a module that would be lost otherwise and is not by this, and where
-- no two children of one module become one by it.

with module_children as (select * from {{ ref('int_module_children') }}),

at_most as (

    select cast(value as double) / 100 as share
    from {{ ref('thresholds') }}
    where threshold = 'children_unknown_at_most'

),

modules as (

    select
        module_children.raw_table,
        module_children.collection_year,
        module_children.folder,
        count(case when not module_children.is_known then 1 end)
        > count(*) * max(at_most.share) as is_lost,
        count(case when not module_children.is_known_relaxed then 1 end)
        > count(*) * max(at_most.share) as is_lost_all_the_same,
        count(*) > count(distinct coalesce(
            module_children.relaxed_child_id, module_children.child_id
        )) as is_merged
    from module_children
    cross join at_most
    group by
        module_children.raw_table, module_children.collection_year, module_children.folder

),

councils as (

    select folder
    from modules
    group by folder
    having
        max(case when is_lost and not is_lost_all_the_same then 1 else 0 end) = 1
        and max(case when is_merged then 1 else 0 end) = 0

),

final as (

    select distinct
        module_children.child_id,
        module_children.relaxed_child_id as matched_child_id
    from module_children
    inner join councils on module_children.folder = councils.folder
    where module_children.child_id <> module_children.relaxed_child_id

)

select * from final
