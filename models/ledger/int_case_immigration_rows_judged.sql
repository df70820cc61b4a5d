-- Rules 7, 12 and 21, for the immigration statuses of a case-management extract, which stand in
-- words: whether they say that the child is UASC. Words of doubt alone say neither.

with immigration_rows as (select * from {{ ref('stg_ssd__immigration_status') }}),

texts as (

    select distinct
        status_text,
        {{ plain_words('status_text') }} as plain_text
    from immigration_rows

),

-- In the order of the alphabet false comes before true, and true before unknown.
read_texts as (

    select
        texts.status_text,
        min(words.is_uasc) as is_uasc
    from texts
    inner join {{ ref('immigration_status_words') }} as words
        on texts.plain_text like concat('%', words.words, '%')
    group by texts.status_text

),

judged as (

    select
        immigration_rows.source_file,
        immigration_rows.source_row,
        coalesce(child_matches.matched_child_id, immigration_rows.child_id) as child_id,
        immigration_rows.system_id,
        immigration_rows.status_text,
        immigration_rows.status_began_on,
        immigration_rows.status_ceased_on,
        immigration_rows.taken_on,
        coalesce(read_texts.is_uasc = 'true', false) as is_uasc,
        coalesce(read_texts.is_uasc = 'unknown', false) as is_doubtful,
        case when immigration_rows.child_id is null then 'MFC42' end as reject_code
    from immigration_rows
    left join {{ ref('int_child_matches') }} as child_matches
        on immigration_rows.child_id = child_matches.child_id
    left join read_texts on immigration_rows.status_text = read_texts.status_text

),

repeated as (

    select
        *,
        {{ is_repeated_later([
            'child_id', 'coalesce(system_id, cast(status_began_on as string))'
        ]) }} as is_repeated
    from judged

),

final as (

    select
        *,
        case
            when reject_code is null and not is_repeated and is_doubtful
                then 'immi_immigration_status reads ' || {{ shown('status_text') }} || '.'
        end as rule_mfc53
    from repeated

)

select * from final
