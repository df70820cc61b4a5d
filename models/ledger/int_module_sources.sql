-- Which raw table gives each module. The occasions come from the annual returns or from a
-- case-management extract, never from both. The other modules follow them; one that the extract
-- lacks still comes from the returns.

with landed_tables as (

    select distinct raw_table
    from {{ ref('stg_landed_modules') }}
    where status = 'landed'

),

choice as (

    select
        case
            when '{{ var('occasions_from') }}' = 'case_management' then 'case_management'
            when '{{ var('occasions_from') }}' = 'returns' then 'returns'
            when
                max(case when raw_table = 'ssda903_missing' then 1 else 0 end) = 0
                and max(case when raw_table = 'ssd_missing' then 1 else 0 end) = 1
                then 'case_management'
            else 'returns'
        end as occasions_from
    from landed_tables

),

modules as (

    select
        pairs.module,
        pairs.table_of_returns,
        pairs.table_of_extract
    from (
        values
        ('header', 'ssda903_header', 'ssd_person'),
        ('episodes', 'ssda903_episodes', 'ssd_cla_episodes'),
        ('missing', 'ssda903_missing', 'ssd_missing'),
        ('uasc', 'ssda903_uasc', 'ssd_immigration_status')
    ) as pairs (module, table_of_returns, table_of_extract)

),

final as (

    select
        modules.module,
        choice.occasions_from = 'case_management'
        and (modules.module = 'missing' or landed_tables.raw_table is not null)
            as is_from_extract,
        case
            when
                choice.occasions_from = 'case_management'
                and (modules.module = 'missing' or landed_tables.raw_table is not null)
                then modules.table_of_extract
            else modules.table_of_returns
        end as raw_table
    from modules
    cross join choice
    left join landed_tables on modules.table_of_extract = landed_tables.raw_table

)

select * from final
