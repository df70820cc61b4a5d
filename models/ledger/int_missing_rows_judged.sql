-- Rules 7 and 9, for the Missing module: what each rule finds in each row by itself, and which rows
-- cannot be counted at all. A rule looks only at the values it needs, so a row that is rejected by
-- one still shows its other faults.

with missing_rows as (select * from {{ ref('stg_ssda903__missing') }}),

joined as (

    select
        missing_rows.*,
        coalesce(child_matches.matched_child_id, missing_rows.child_id) as matched_child_id,
        status_spellings.recorded_status,
        collection_years.first_day as return_starts_on,
        collection_years.last_day as return_ends_on
    from missing_rows
    left join {{ ref('int_child_matches') }} as child_matches
        on missing_rows.child_id = child_matches.child_id
    left join {{ ref('status_spellings') }} as status_spellings
        on missing_rows.status_text = status_spellings.spelling
    left join {{ ref('int_return_years') }} as collection_years
        on missing_rows.collection_year = collection_years.collection_year

),

judged as (

    select
        *,
        case when child_id is null then 'CHILD is blank or no identifier.' end as rule_mfc01,
        case
            when start_text is null then 'MIS_START is blank.'
            when started_on is null then 'MIS_START reads ' || {{ shown('start_text') }} || '.'
        end as rule_1004,
        case
            when end_text is not null and ended_on is null
                then 'MIS_END reads ' || {{ shown('end_text') }} || '.'
        end as rule_1005,
        case
            when status_text is null then 'MISSING is blank.'
            when recorded_status is null then 'MISSING reads ' || {{ shown('status_text') }} || '.'
        end as rule_1006,
        case
            when started_on > ended_on
                then
                    'MIS_START is ' || cast(started_on as string)
                    || ', MIS_END is ' || cast(ended_on as string) || '.'
        end as rule_567,
        case
            when started_on > return_ends_on
                then
                    'MIS_START is ' || cast(started_on as string)
                    || ', the year ended on ' || cast(return_ends_on as string) || '.'
        end as rule_570,
        case
            when status_text is not null and start_text is null
                then 'MISSING reads ' || {{ shown('status_text') }} || ', MIS_START is blank.'
        end as rule_564,
        case
            when start_text is not null and status_text is null
                then 'MIS_START reads ' || {{ shown('start_text') }} || ', MISSING is blank.'
        end as rule_565,
        case
            when end_text is not null and status_text is null
                then 'MIS_END reads ' || {{ shown('end_text') }} || ', MISSING is blank.'
        end as rule_566,
        case
            when ended_on < return_starts_on or ended_on > return_ends_on
                then
                    'MIS_END is ' || cast(ended_on as string)
                    || ', the year is ' || collection_year || '.'
        end as rule_571,
        case
            when birth_text is not null and birth_date is null
                then 'DOB reads ' || {{ shown('birth_text') }} || '.'
        end as rule_mfc19,
        {{ child_read_as_another('child_id', 'matched_child_id') }} as rule_mfc51
    from joined

),

with_reject_code as (

    select
        *,
        {{ first_broken('MFC01 1004 1005 1006 567 570') }} as reject_code
    from judged

),

final as (

    select
        collection_year,
        source_file,
        source_row,
        matched_child_id as child_id,
        birth_text,
        birth_date,
        status_text,
        recorded_status,
        started_on,
        end_text,
        ended_on,
        return_starts_on,
        return_ends_on,
        reject_code,
        rule_mfc01,
        rule_564,
        rule_565,
        rule_566,
        rule_567,
        rule_570,
        rule_571,
        rule_1004,
        rule_1005,
        rule_1006,
        rule_mfc19,
        rule_mfc51
    from with_reject_code

)

select * from final
