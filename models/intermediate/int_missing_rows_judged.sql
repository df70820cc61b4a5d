-- Rule 7: which rows of the Missing module cannot be counted at all, and why.

with missing_rows as (

    select * from {{ ref('stg_ssda903__missing') }}

),

child_matches as (

    select * from {{ ref('int_child_matches') }}

),

status_spellings as (

    select * from {{ ref('status_spellings') }}

),

collection_years as (

    select * from {{ ref('int_return_years') }}

),

joined as (

    select
        missing_rows.*,
        coalesce(child_matches.matched_child_id, missing_rows.child_id) as matched_child_id,
        status_spellings.recorded_status,
        collection_years.first_day as return_starts_on,
        collection_years.last_day as return_ends_on
    from missing_rows
    left join child_matches on missing_rows.child_id = child_matches.child_id
    left join status_spellings on missing_rows.status_text = status_spellings.spelling
    left join collection_years on missing_rows.collection_year = collection_years.collection_year

),

judged as (

    select
        *,
        case
            when child_id is null then 'MFC01'
            when started_on is null then '1004'
            when end_text is not null and ended_on is null then '1005'
            when recorded_status is null then '1006'
            when started_on > ended_on then '567'
            when started_on > return_ends_on then '570'
        end as reject_code
    from joined

),

-- What a row says is kept to show why it is rejected.
final as (

    select
        collection_year,
        source_file,
        source_row,
        child_id as recorded_child_id,
        matched_child_id as child_id,
        birth_text,
        birth_date,
        status_text,
        recorded_status,
        start_text,
        started_on,
        end_text,
        ended_on,
        return_starts_on,
        return_ends_on,
        reject_code,
        case when reject_code is not null then raw_values end as raw_values
    from judged

)

select * from final
