-- Rules 7 and 12, for the UASC module: which rows name no child, and which speak of a child that is
-- not UASC. Only returns in XML have a flag, and there a blank one says no; in any other form being
-- in the table says it.

with uasc_rows as (

    select * from {{ ref('stg_ssda903__uasc') }}

),

child_matches as (

    select * from {{ ref('int_child_matches') }}

),

flags as (

    select * from {{ ref('yes_no_flags') }}

),

final as (

    select
        uasc_rows.collection_year,
        uasc_rows.source_file,
        uasc_rows.source_row,
        uasc_rows.child_id as recorded_child_id,
        coalesce(child_matches.matched_child_id, uasc_rows.child_id) as child_id,
        uasc_rows.sex_code,
        uasc_rows.birth_text,
        uasc_rows.birth_date,
        uasc_rows.status_ceased_text,
        uasc_rows.status_ceased_on,
        uasc_rows.uasc_flag,
        flags.flag is not null as is_flag_known,
        case
            when uasc_rows.uasc_flag is null
                then coalesce(lower(uasc_rows.source_file) not like '%.xml', true)
            else coalesce(flags.is_yes, 'false') = 'true'
        end as is_uasc,
        uasc_rows.raw_values,
        case when uasc_rows.child_id is null then 'MFC04' end as reject_code
    from uasc_rows
    left join child_matches on uasc_rows.child_id = child_matches.child_id
    left join flags on uasc_rows.uasc_flag = flags.flag

)

select * from final
