-- Rule 7, for return interviews: which rows name no occasion. A blank OCCASION means the first.

with interview_rows as (

    select * from {{ ref('stg_return_interviews') }}

),

child_matches as (

    select * from {{ ref('int_child_matches') }}

),

numbered as (

    select
        interview_rows.*,
        coalesce(child_matches.matched_child_id, interview_rows.child_id) as matched_child_id,
        case
            when interview_rows.occasion_text is null then 1
            when
                interview_rows.occasion_value between 1 and 9999
                and interview_rows.occasion_value = floor(interview_rows.occasion_value)
                then cast(interview_rows.occasion_value as int)
        end as occasion_number
    from interview_rows
    left join child_matches on interview_rows.child_id = child_matches.child_id

),

judged as (

    select
        *,
        case
            when child_id is null then 'MFC05'
            when started_on is null then 'MFC06'
            when occasion_number is null then 'MFC07'
        end as reject_code
    from numbered

),

-- What a row says is kept to show why it is rejected.
final as (

    select
        source_file,
        source_row,
        interview_id,
        child_id as recorded_child_id,
        matched_child_id as child_id,
        start_text,
        started_on,
        occasion_text,
        occasion_number,
        interview_outcome,
        offered_text,
        offered_on,
        interview_text,
        interviewed_on,
        was_hurt,
        was_sexually_harmed,
        was_in_drug_sale,
        was_in_crime,
        reject_code,
        case when reject_code is not null then raw_values end as raw_values
    from judged

)

select * from final
