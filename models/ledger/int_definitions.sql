-- Rules 4 and 20: what each recorded status counts as, a row a landed council and period. For a
-- council that has told no definition nothing is assumed: its statuses count as recorded.

with councils as (select * from {{ ref('int_councils') }}),

definition_years as (

    select
        la_code,
        definition_id,
        cast({{ clean_text('valid_from') }} as date) as valid_from,
        cast({{ clean_text('valid_to') }} as date) as valid_to
    from {{ ref('definition_by_year') }}

),

final as (

    select
        councils.la_code,
        definitions.definition_id,
        definition_years.valid_from,
        definition_years.valid_to,
        definitions.title,
        definitions.missing_counts_as,
        definitions.absent_counts_as,
        definitions.wording,
        definitions.change
    from councils
    left join definition_years on councils.la_code = definition_years.la_code
    left join {{ ref('definitions') }} as definitions
        on coalesce(definition_years.definition_id, 'as_recorded') = definitions.definition_id

)

select * from final
