-- Rules 9 and 21, for the case-management extract: words that are not known, and rows that the
-- newest extract no longer has. A row that ended is missed only if it began after the newest one's
-- first.

with yes_no_flags as (

    select * from {{ ref('yes_no_flags') }}

),

unknown_words as (

    select
        'MFC52' as rule_code,
        source_file,
        source_row,
        child_id,
        'lega_legal_status reads ' || {{ shown('status_text') }} || '.' as found
    from {{ ref('int_case_legal_status_rows_judged') }}
    where reject_code is null and not is_repeated and not is_recognised

    union all

    select
        'MFC53' as rule_code,
        source_file,
        source_row,
        child_id,
        'immi_immigration_status reads ' || {{ shown('status_text') }} || '.' as found
    from {{ ref('int_case_immigration_rows_judged') }}
    where reject_code is null and not is_repeated and is_doubtful

    {% for flag in ['offered', 'accepted'] -%}
        union all

        select
            'MFC54' as rule_code,
            missing_rows.source_file,
            missing_rows.source_row,
            missing_rows.child_id,
            'miss_missing_rhi_{{ flag }} reads '
            || {{ shown('missing_rows.interview_' ~ flag) }} || '.' as found
        from {{ ref('stg_ssd__missing') }} as missing_rows
        left join yes_no_flags on missing_rows.interview_{{ flag }} = yes_no_flags.flag
        where missing_rows.interview_{{ flag }} is not null and yes_no_flags.flag is null

    {% endfor -%}
    union all

    select
        'MFC56' as rule_code,
        source_file,
        source_row,
        child_id,
        'clap_cla_placement_type reads ' || {{ shown('type_text') }} || '.' as found
    from {{ ref('int_case_placement_rows_judged') }}
    where
        reject_code is null
        and not is_repeated
        and type_text is not null
        and placement_code is null

),

rows_of_extracts as (

    {% for rule_code, model in [
        ('MFC57', 'int_case_missing_rows_judged'), ('MFC58', 'int_case_episode_rows_judged')
    ] -%}
        select
            '{{ rule_code }}' as rule_code,
            coalesce({{ council_of('source_file') }}, '') as folder,
            source_file,
            source_row,
            child_id,
            started_on,
            ended_on,
            taken_on
        from {{ ref(model) }}
        where reject_code is null and not is_repeated and taken_on is not null
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

newest as (

    select
        rule_code,
        folder,
        max(taken_on) as taken_on
    from rows_of_extracts
    group by rule_code, folder

),

first_of_newest as (

    select
        newest.rule_code,
        newest.folder,
        newest.taken_on,
        min(rows_of_extracts.started_on) as first_start
    from newest
    inner join rows_of_extracts
        on
            newest.rule_code = rows_of_extracts.rule_code
            and newest.folder = rows_of_extracts.folder
            and newest.taken_on = rows_of_extracts.taken_on
    group by newest.rule_code, newest.folder, newest.taken_on

),

gone as (

    select
        older.rule_code,
        older.source_file,
        older.source_row,
        older.child_id,
        'The extract that has it was taken on ' || cast(older.taken_on as string)
        || ', the newest on ' || cast(newest.taken_on as string) || '.' as found
    from rows_of_extracts as older
    inner join first_of_newest as newest
        on
            older.rule_code = newest.rule_code
            and older.folder = newest.folder
            and older.taken_on < newest.taken_on
    where older.ended_on is null or older.started_on >= newest.first_start

),

all_rows as (

    select * from unknown_words
    union all
    select * from gone

),

final as (

    select
        rule_code,
        'all' as collection_year,
        source_file,
        source_row,
        child_id,
        found
    from all_rows

)

select * from final
