-- Rules 2 and 7, for the case-management extract: a row is an occasion by the system's own
-- identifier, of which the child's last row counts, since siblings may share one. A system that
-- writes nothing but midnight knows no time of day.

with case_rows as (

    select * from {{ ref('stg_ssd__missing') }}

),

child_matches as (

    select * from {{ ref('int_child_matches') }}

),

status_spellings as (

    select * from {{ ref('status_spellings') }}

),

earliest_year as (

    select cast(value as int) as looked_after_since
    from {{ ref('thresholds') }}
    where threshold = 'looked_after_since'

),

joined as (

    select
        case_rows.source_file,
        case_rows.source_row,
        case_rows.child_id as recorded_child_id,
        coalesce(child_matches.matched_child_id, case_rows.child_id) as child_id,
        case_rows.system_id,
        case_rows.status_text,
        case_rows.start_text,
        case_rows.started_on,
        case_rows.started_at,
        case_rows.end_text,
        case_rows.ended_on,
        case_rows.ended_at,
        case_rows.interview_offered,
        case_rows.interview_accepted,
        case_rows.raw_values,
        {{ council_of('case_rows.source_file') }} as council,
        status_spellings.recorded_status,
        earliest_year.looked_after_since
    from case_rows
    cross join earliest_year
    left join child_matches on case_rows.child_id = child_matches.child_id
    left join status_spellings on case_rows.status_text = status_spellings.spelling

),

judged as (

    select
        *,
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

looked_over as (

    select
        *,
        max(case when started_at <> cast(started_on as timestamp) then 1 else 0 end)
            over (partition by council) as has_start_times,
        max(case when ended_at <> cast(ended_on as timestamp) then 1 else 0 end)
            over (partition by council) as has_end_times,
        row_number() over (
            partition by case when reject_code is null then 1 else 0 end, child_id, system_id
            order by source_file desc, source_row desc
        ) as place_in_line
    from judged

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
        coalesce(interview_offered in ('Y', 'YES'), false)
        or coalesce(interview_accepted in ('Y', 'YES'), false) as is_offered_in_extract,
        coalesce(interview_offered in ('Y', 'YES') and interview_accepted in ('N', 'NO'), false)
            as is_declined_in_extract,
        raw_values,
        reject_code,
        reject_code is null and system_id is not null and place_in_line > 1 as is_repeated
    from looked_over

)

select * from final
