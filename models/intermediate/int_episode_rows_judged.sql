-- Rule 7, for the Episodes module: which rows cannot say when the child was looked after.

with episode_rows as (

    select * from {{ ref('stg_ssda903__episodes') }}

),

judged as (

    select
        *,
        case
            when child_id is null then 'MFC02'
            when started_on is null then '141'
            when end_text is not null and ended_on is null then '147'
            when ended_on < started_on then '356'
        end as reject_code
    from episode_rows

),

-- What a row says is kept to show why it is rejected.
final as (

    select
        collection_year,
        source_file,
        source_row,
        child_id,
        start_text,
        started_on,
        end_text,
        ended_on,
        reason_ceased_code,
        legal_status_code,
        placement_code,
        reject_code,
        case when reject_code is not null then raw_values end as raw_values
    from judged

)

select * from final
