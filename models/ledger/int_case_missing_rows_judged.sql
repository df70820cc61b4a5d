-- Rules 2, 7 and 21, for the case-management extract: a row is an occasion by the system's own
-- identifier, of which the child's row in the newest extract counts, since siblings may share one.
-- Rows without an identifier are numbered within an extract as rule 3 numbers those of a return:
-- the same number in two extracts is the same occasion. A system that writes nothing but midnight
-- knows no time of day.

with case_rows as (select * from {{ ref('stg_ssd__missing') }}),

yes_no_flags as (select * from {{ ref('yes_no_flags') }}),

earliest_year as (

    select cast(value as int) as looked_after_since
    from {{ ref('thresholds') }}
    where threshold = 'looked_after_since'

),

joined as (

    select
        case_rows.source_file,
        case_rows.source_row,
        coalesce(child_matches.matched_child_id, case_rows.child_id) as child_id,
        case_rows.system_id,
        case_rows.status_text,
        case_rows.start_text,
        case_rows.started_on,
        case_rows.started_at,
        case_rows.end_text,
        case_rows.ended_on,
        case_rows.ended_at,
        case_rows.taken_on,
        offered.is_yes as interview_offered,
        accepted.is_yes as interview_accepted,
        case
            when case_rows.interview_offered is not null and offered.flag is null
                then
                    'miss_missing_rhi_offered reads '
                    || {{ shown('case_rows.interview_offered') }}
        end as offered_unread,
        case
            when case_rows.interview_accepted is not null and accepted.flag is null
                then
                    'miss_missing_rhi_accepted reads '
                    || {{ shown('case_rows.interview_accepted') }}
        end as accepted_unread,
        {{ council_of('case_rows.source_file') }} as council,
        status_spellings.recorded_status,
        earliest_year.looked_after_since
    from case_rows
    cross join earliest_year
    left join {{ ref('int_child_matches') }} as child_matches
        on case_rows.child_id = child_matches.child_id
    left join {{ ref('status_spellings') }} as status_spellings
        on case_rows.status_text = status_spellings.spelling
    left join yes_no_flags as offered on case_rows.interview_offered = offered.flag
    left join yes_no_flags as accepted on case_rows.interview_accepted = accepted.flag

),

judged as (

    select
        *,
        coalesce(started_at, cast(started_on as timestamp)) as start_time,
        case
            when child_id is null then 'MFC31'
            when started_on is null then 'MFC32'
            when end_text is not null and ended_on is null then 'MFC33'
            when recorded_status is null then 'MFC34'
            when started_on > ended_on then 'MFC35'
            when started_on > current_date or year(started_on) < looked_after_since then 'MFC36'
        end as reject_code
    from joined

),

numbered as (

    select
        *,
        case
            when system_id is null
                then
                    row_number() over (
                        partition by
                            case when reject_code is null then 1 else 0 end,
                            child_id,
                            system_id,
                            start_time,
                            taken_on
                        order by ended_on desc nulls first, source_row desc, source_file desc
                    )
        end as number_in_extract
    from judged

),

looked_over as (

    select
        *,
        max(case when started_at <> cast(started_on as timestamp) then 1 else 0 end)
            over (partition by council) as has_start_times,
        max(case when ended_at <> cast(ended_on as timestamp) then 1 else 0 end)
            over (partition by council) as has_end_times,
        row_number() over (
            partition by
                case when reject_code is null then 1 else 0 end,
                child_id,
                system_id,
                case when system_id is null then start_time end,
                number_in_extract
            order by {{ newest_first() }}
        ) as place_in_line
    from numbered

),

repeated as (

    select
        *,
        reject_code is null and place_in_line > 1 as is_repeated
    from looked_over

),

with_newest as (

    select
        *,
        {{ newest_taken_on() }} as newest_taken_on
    from repeated

),

with_first_of_newest as (

    select
        *,
        {{ first_of_newest() }} as first_of_newest
    from with_newest

),

final as (

    select
        source_file,
        source_row,
        child_id,
        recorded_status,
        started_on,
        ended_on,
        case when has_start_times = 1 then started_at end as started_at,
        case when has_start_times = 1 and has_end_times = 1 then ended_at end as ended_at,
        coalesce(interview_offered = 'true', false)
        or coalesce(interview_accepted = 'true', false) as is_offered_in_extract,
        coalesce(interview_offered = 'true' and interview_accepted = 'false', false)
            as is_declined_in_extract,
        taken_on,
        reject_code,
        is_repeated,
        nullif(concat_ws(', ', offered_unread, accepted_unread) || '.', '.') as rule_mfc54,
        {{ gone_from_newest() }} as rule_mfc57
    from with_first_of_newest

)

select * from final
