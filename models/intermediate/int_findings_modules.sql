-- Rules 16 and 17: modules of which more was lost than the thresholds allow, a finding a file with
-- its parts; and rows whose identifier was matched without regard to case and leading zeros.

{% set judged = {
    'ssda903_header': 'int_header_rows_judged',
    'ssda903_episodes': 'int_episode_rows_judged',
    'ssda903_missing': 'int_missing_rows_judged',
    'ssda903_uasc': 'int_uasc_rows_judged',
    'return_interviews': 'int_interview_rows_judged',
} -%}

with losses as (

    select * from {{ ref('int_module_losses') }}
    where is_beyond

),

lost_modules as (

    select
        'MFC50' as rule_code,
        raw_table,
        collection_year,
        source_file,
        -- The file as a whole, not one of its rows.
        0 as source_row,
        cast(null as string) as child_id,
        {{ joined_words(
            "concat(part, ' ', cast(lost as string), ' of ', cast(counted as string))", 'part'
        ) }} as parts
    from losses
    group by raw_table, collection_year, source_file, folder

),

final as (

    select
        rule_code,
        raw_table,
        collection_year,
        source_file,
        source_row,
        child_id,
        concat('Lost: ', parts, '.') as found
    from lost_modules

    {% for raw_table, model in judged.items() -%}
        union all

        select
            'MFC51' as rule_code,
            '{{ raw_table }}' as raw_table,
            {{ 'collection_year' if raw_table.startswith('ssda903_') else "'all'" }}
                as collection_year,
            source_file,
            source_row,
            child_id,
            concat('CHILD reads ', {{ shown('recorded_child_id') }}, '.') as found
        from {{ ref(model) }}
        where recorded_child_id <> child_id

    {% endfor %}
)

select * from final
