-- Rule 21, for the case-management extract: rows that the newest extract no longer has. A row that
-- ended is missed only if it began after the newest one's first.

with rows_of_extracts as (

    {% for rule_code, raw_table, model in [
        ('MFC57', 'ssd_missing', 'int_case_missing_rows_judged'),
        ('MFC58', 'ssd_cla_episodes', 'int_case_episode_rows_judged'),
    ] -%}
        select
            '{{ rule_code }}' as rule_code,
            '{{ raw_table }}' as raw_table,
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

final as (

    select
        older.rule_code,
        older.raw_table,
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

)

select * from final
