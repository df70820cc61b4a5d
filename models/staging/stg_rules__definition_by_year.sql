with definition_years as (

    select * from {{ ref('definition_by_year') }}

),

definitions as (

    select * from {{ ref('definitions') }}

),

final as (

    select
        definition_years.la_code,
        definition_years.definition_id,
        cast({{ clean_text('definition_years.valid_from') }} as date) as valid_from,
        cast({{ clean_text('definition_years.valid_to') }} as date) as valid_to,
        definitions.title,
        definitions.missing_counts_as,
        definitions.absent_counts_as,
        definitions.wording
    from definition_years
    left join definitions on definition_years.definition_id = definitions.definition_id

)

select * from final
