-- Rule 7, for the Episodes module: which rows cannot say when the child was looked after.

with episode_rows as (

    select * from {{ ref('stg_ssda903__episodes') }}

),

child_matches as (

    select * from {{ ref('int_child_matches') }}

),

legal_statuses as (

    select * from {{ ref('legal_statuses') }}

),

placement_types as (

    select * from {{ ref('placement_types') }}

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
        judged.collection_year,
        judged.source_file,
        judged.source_row,
        judged.child_id as recorded_child_id,
        coalesce(child_matches.matched_child_id, judged.child_id) as child_id,
        judged.start_text,
        judged.started_on,
        judged.end_text,
        judged.ended_on,
        judged.reason_ceased_code,
        judged.legal_status_code,
        legal_statuses.legal_status_code is not null as is_legal_status_known,
        judged.placement_code,
        placement_types.placement_code is not null as is_placement_known,
        judged.reject_code,
        case when judged.reject_code is not null then judged.raw_values end as raw_values
    from judged
    left join child_matches on judged.child_id = child_matches.child_id
    left join legal_statuses on judged.legal_status_code = legal_statuses.legal_status_code
    left join placement_types on judged.placement_code = placement_types.placement_code

)

select * from final
