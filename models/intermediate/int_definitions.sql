-- Rules 4 and 20: what each recorded status counts as, a row a landed council and period. For a
-- council that has told no definition nothing is assumed: its statuses count as recorded.

with councils as (

    select * from {{ ref('int_councils') }}

),

definition_rows as (

    select * from {{ ref('stg_rules__definition_by_year') }}

),

as_recorded as (

    select * from {{ ref('definitions') }}
    where definition_id = 'as_recorded'

),

final as (

    select
        councils.la_code,
        coalesce(definition_rows.definition_id, as_recorded.definition_id) as definition_id,
        definition_rows.valid_from,
        definition_rows.valid_to,
        coalesce(definition_rows.title, as_recorded.title) as title,
        coalesce(definition_rows.missing_counts_as, as_recorded.missing_counts_as)
            as missing_counts_as,
        coalesce(definition_rows.absent_counts_as, as_recorded.absent_counts_as)
            as absent_counts_as,
        coalesce(definition_rows.wording, as_recorded.wording) as wording
    from councils
    cross join as_recorded
    left join definition_rows on councils.la_code = definition_rows.la_code

)

select * from final
