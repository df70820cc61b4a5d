-- Rules 5, 7 and 21, for the legal statuses of a case-management extract, in codes of the return or
-- in words. Of several that fit a text the longest words hold: "Interim care order" is no "care
-- order".

with legal_rows as (select * from {{ ref('stg_ssd__legal_status') }}),

legal_status_words as (

    select
        {{ plain_words('words') }} as plain_words,
        nullif(legal_status_code, '') as legal_status_code
    from {{ ref('legal_status_words') }}

),

texts as (

    select distinct
        status_text,
        {{ plain_words('status_text') }} as plain_text
    from legal_rows
    where status_text is not null

),

read_texts as (

    select
        texts.status_text,
        coalesce(
            legal_statuses.legal_status_code, legal_status_words.legal_status_code
        ) as legal_status_code,
        legal_statuses.legal_status_code is not null
        or legal_status_words.plain_words is not null as is_recognised,
        row_number() over (
            partition by texts.status_text
            order by
                length(legal_status_words.plain_words) desc nulls last,
                legal_status_words.plain_words asc nulls last
        ) as place_in_line
    from texts
    left join {{ ref('legal_statuses') }} as legal_statuses
        on split_part(texts.plain_text, ' ', 1) = legal_statuses.legal_status_code
    left join legal_status_words
        on
            legal_statuses.legal_status_code is null
            and concat(' ', texts.plain_text, ' ')
            like concat('% ', legal_status_words.plain_words, ' %')

),

judged as (

    select
        legal_rows.source_file,
        legal_rows.source_row,
        coalesce(child_matches.matched_child_id, legal_rows.child_id) as child_id,
        legal_rows.system_id,
        legal_rows.status_text,
        legal_rows.started_on,
        legal_rows.ended_on,
        legal_rows.taken_on,
        read_texts.legal_status_code,
        coalesce(read_texts.is_recognised, legal_rows.status_text is null) as is_recognised,
        case
            when legal_rows.child_id is null or legal_rows.started_on is null then 'MFC43'
        end as reject_code
    from legal_rows
    left join {{ ref('int_child_matches') }} as child_matches
        on legal_rows.child_id = child_matches.child_id
    left join read_texts
        on legal_rows.status_text = read_texts.status_text and read_texts.place_in_line = 1

),

repeated as (

    select
        *,
        {{ is_repeated_later([
            'child_id', 'coalesce(system_id, cast(started_on as string))'
        ]) }} as is_repeated
    from judged

),

final as (

    select
        *,
        case
            when reject_code is null and not is_repeated and not is_recognised
                then 'lega_legal_status reads ' || {{ shown('status_text') }} || '.'
        end as rule_mfc52
    from repeated

)

select * from final
