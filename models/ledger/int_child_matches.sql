-- Rule 17: the identifiers that mean another as soon as case and leading zeros are ignored. They
-- are only for a council with a module that would be lost otherwise and is not by this, and where
-- no two children of one module become one by it.

with module_children as (select * from {{ ref('int_module_children') }}),

at_most as (

    select cast(value as double) / 100 as share
    from {{ ref('thresholds') }}
    where threshold = 'children_unknown_at_most'

),

councils as (

    select folder
    from (
        select
            module_children.folder,
            count(case when not module_children.is_known then 1 end)
            > count(*) * max(at_most.share) as is_lost,
            count(case when not module_children.is_known_relaxed then 1 end)
            > count(*) * max(at_most.share) as is_lost_all_the_same
        from module_children
        cross join at_most
        group by
            module_children.raw_table, module_children.collection_year, module_children.folder
    ) as modules
    group by folder
    having max(case when is_lost and not is_lost_all_the_same then 1 else 0 end) = 1

),

children_of_councils as (

    select module_children.*
    from module_children
    inner join councils on module_children.folder = councils.folder

),

merged as (

    select folder
    from children_of_councils
    group by raw_table, collection_year, folder
    having count(*) > count(distinct coalesce(relaxed_child_id, child_id))

),

final as (

    select distinct
        child_id,
        relaxed_child_id as matched_child_id
    from children_of_councils
    where
        child_id <> relaxed_child_id
        and folder not in (select merged.folder from merged)

)

select * from final
