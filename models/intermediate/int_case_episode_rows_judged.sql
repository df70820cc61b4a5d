-- Rules 5 and 7, for the case-management extract: which rows can say when the child was looked
-- after, and under which legal status, which the system keeps apart from the episodes.

with episode_rows as (

    select * from {{ ref('stg_ssd__cla_episodes') }}

),

legal_statuses as (

    select legal_rows.*
    from {{ ref('stg_ssd__legal_status') }} as legal_rows
    inner join {{ ref('legal_statuses') }} as legal_statuses
        on legal_rows.legal_status_code = legal_statuses.legal_status_code

),

judged as (

    select
        *,
        case
            when child_id is null then 'MFC37'
            when started_on is null then 'MFC38'
            when end_text is not null and ended_on is null then 'MFC39'
            when ended_on < started_on then 'MFC40'
        end as reject_code
    from episode_rows

),

last_row_first as (

    select
        *,
        row_number() over (
            partition by case when reject_code is null then 1 else 0 end, child_id, system_id
            order by source_file desc, source_row desc
        ) as place_in_line
    from judged

),

with_legal_status as (

    select
        last_row_first.*,
        legal_statuses.legal_status_code,
        row_number() over (
            partition by last_row_first.source_file, last_row_first.source_row
            order by
                legal_statuses.started_on desc,
                legal_statuses.source_file desc,
                legal_statuses.source_row desc
        ) as legal_place_in_line
    from last_row_first
    left join legal_statuses
        on
            last_row_first.child_id = legal_statuses.child_id
            and last_row_first.started_on >= legal_statuses.started_on
            and last_row_first.started_on
            <= coalesce(legal_statuses.ended_on, last_row_first.started_on)

),

final as (

    select
        source_file,
        source_row,
        child_id,
        started_on,
        ended_on,
        legal_status_code,
        raw_values,
        reject_code,
        reject_code is null and system_id is not null and place_in_line > 1 as is_repeated
    from with_legal_status
    where legal_place_in_line = 1

)

select * from final
