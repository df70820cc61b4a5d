with bank_holidays as (

    select * from {{ ref('bank_holidays') }}

),

final as (

    select
        cast({{ clean_text('holiday_date') }} as date) as holiday_date,
        name as holiday_name,
        cast(england_and_wales as boolean) as is_in_england_and_wales,
        cast(scotland as boolean) as is_in_scotland,
        cast(northern_ireland as boolean) as is_in_northern_ireland,
        cast(is_substitute as boolean) as is_substitute,
        cast(is_confirmed as boolean) as is_confirmed,
        cast({{ clean_text('proclaimed_on') }} as date) as proclaimed_on,
        source,
        cast({{ clean_text('retrieved_on') }} as date) as retrieved_on
    from bank_holidays

)

select * from final
