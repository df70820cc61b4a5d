-- Rules 7 and 21, for the placements of a case-management extract: which rows can say where a child
-- was placed. Their type is a code of the return, alone or before its words, or the code's own
-- words.

with placement_rows as (select * from {{ ref('stg_ssd__cla_placement') }}),

placement_types as (

    select
        placement_code,
        {{ plain_words('label') }} as plain_label
    from {{ ref('placement_types') }}

),

texts as (

    select distinct
        type_text,
        {{ plain_words('type_text') }} as plain_text
    from placement_rows
    where type_text is not null

),

read_texts as (

    select
        texts.type_text,
        min(placement_types.placement_code) as placement_code
    from texts
    inner join placement_types
        on
            split_part(texts.plain_text, ' ', 1) = placement_types.placement_code
            or texts.plain_text = placement_types.plain_label
    group by texts.type_text

),

judged as (

    select
        placement_rows.source_file,
        placement_rows.source_row,
        coalesce(child_matches.matched_child_id, placement_rows.child_id) as child_id,
        placement_rows.placement_id,
        placement_rows.type_text,
        placement_rows.started_on,
        placement_rows.ended_on,
        placement_rows.taken_on,
        coalesce({{ council_of('placement_rows.source_file') }}, '') as folder,
        read_texts.placement_code,
        case
            when try_cast(placement_rows.distance_text as double) between 0 and 9999
                then cast(floor(try_cast(placement_rows.distance_text as double)) as int)
        end as miles_from_home,
        case
            when
                placement_rows.placement_id is null
                and (placement_rows.child_id is null or placement_rows.started_on is null)
                then 'MFC55'
        end as reject_code
    from placement_rows
    left join {{ ref('int_child_matches') }} as child_matches
        on placement_rows.child_id = child_matches.child_id
    left join read_texts on placement_rows.type_text = read_texts.type_text

),

repeated as (

    select
        *,
        {{ is_repeated_later([
            'folder', 'child_id', 'coalesce(placement_id, cast(started_on as string))'
        ]) }} as is_repeated
    from judged

),

final as (

    select
        *,
        case
            when
                reject_code is null
                and not is_repeated
                and type_text is not null
                and placement_code is null
                then 'clap_cla_placement_type reads ' || {{ shown('type_text') }} || '.'
        end as rule_mfc56
    from repeated

)

select * from final
