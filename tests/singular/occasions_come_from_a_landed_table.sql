-- The variable `occasions_from` names a source that is landed; from any other there are no figures.

with landed as (

    select distinct raw_table
    from {{ ref('stg_landed_modules') }}
    where status = 'landed'

),

fitting as (

    select
        {{ joined_words('raw_table', 'raw_table') }} as all_landed,
        max(
            case
                when raw_table = 'ssda903_missing' and '{{ var('occasions_from') }}' = 'returns'
                    then 1
                when raw_table = 'ssd_missing' and '{{ var('occasions_from') }}' = 'case_management'
                    then 1
                when '{{ var('occasions_from') }}' = 'whichever_is_landed' then 1
                else 0
            end
        ) as is_fitting
    from landed

)

select all_landed
from fitting
where
    -- In the filter, since dbt only counts the rows and the engine would leave a column out.
    case
        when is_fitting = 0
            then {{ raise_sentence(
                "'The variable occasions_from is " ~ var('occasions_from') ~ ". It is returns, "
                ~ "where ssda903_missing is landed, case_management, where ssd_missing is, or "
                ~ "whichever_is_landed. Landed are ' || all_landed || '.'"
            ) }}
    end is not null
