-- Rules 7, 9 and 12, for the UASC module: what each rule finds in each row by itself, which rows
-- name no child, and which speak of a child that is not UASC. Only returns in XML have a flag, and
-- there a blank one says no; in any other form being in the table says it. A row that is flagged as
-- not UASC is looked at for its flag and its child alone.

with uasc_rows as (select * from {{ ref('stg_ssda903__uasc') }}),

joined as (

    select
        uasc_rows.*,
        coalesce(child_matches.matched_child_id, uasc_rows.child_id) as matched_child_id,
        collection_years.first_day,
        flags.flag is not null as is_flag_known,
        case
            when uasc_rows.uasc_flag is null
                then coalesce(lower(uasc_rows.source_file) not like '%.xml', true)
            else coalesce(flags.is_yes, 'false') = 'true'
        end as is_uasc
    from uasc_rows
    left join {{ ref('int_child_matches') }} as child_matches
        on uasc_rows.child_id = child_matches.child_id
    left join {{ ref('yes_no_flags') }} as flags on uasc_rows.uasc_flag = flags.flag
    left join {{ ref('int_return_years') }} as collection_years
        on uasc_rows.collection_year = collection_years.collection_year

),

judged as (

    select
        collection_year,
        source_file,
        source_row,
        matched_child_id as child_id,
        sex_code,
        birth_date,
        status_ceased_text,
        status_ceased_on,
        is_uasc,
        case when child_id is null then 'CHILD is blank or no identifier.' end as rule_mfc04,
        case
            when is_uasc and status_ceased_text is not null and status_ceased_on is null
                then 'DUC reads ' || {{ shown('status_ceased_text') }} || '.'
            when is_uasc and status_ceased_on < first_day
                then
                    'DUC is ' || cast(status_ceased_on as string)
                    || ', the year begins on ' || cast(first_day as string) || '.'
        end as rule_104,
        case
            when uasc_flag is null and not is_uasc then 'The flag is blank.'
            when uasc_flag is not null and not is_flag_known
                then 'The flag reads ' || {{ shown('uasc_flag') }} || '.'
        end as rule_105,
        case
            when not is_uasc and status_ceased_text is not null
                then
                    'DUC reads ' || {{ shown('status_ceased_text') }}
                    || ', the flag reads ' || {{ shown('uasc_flag') }} || '.'
        end as rule_303,
        case
            when birth_text is not null and birth_date is null
                then 'DOB reads ' || {{ shown('birth_text') }} || '.'
        end as rule_mfc20,
        {{ child_read_as_another('child_id', 'matched_child_id') }} as rule_mfc51
    from joined

),

final as (

    select
        *,
        {{ first_broken('MFC04') }} as reject_code
    from judged

)

select * from final
