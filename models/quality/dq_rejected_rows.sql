-- Rule 7: every row that cannot be counted at all, with where it stands and what it says.

-- The columns by which a person finds a row and mends it.
{% set shown = {
    'ssda903_header': ['child', 'sex', 'dob', 'ethnic'],
    'ssda903_episodes': ['child', 'decom', 'ls', 'place', 'dec', 'rec'],
    'ssda903_missing': ['child', 'dob', 'missing', 'mis_start', 'mis_end'],
    'ssda903_uasc': ['child', 'sex', 'dob', 'duc', 'uasc_flag'],
    'return_interviews': ['interview_id', 'child', 'mis_start', 'occasion', 'outcome'],
    'ssd_person': ['pers_person_id', 'pers_sex', 'pers_dob', 'pers_ethnicity'],
    'ssd_missing': [
        'miss_table_id', 'miss_person_id', 'miss_missing_episode_type',
        'miss_missing_episode_start_date', 'miss_missing_episode_end_date'
    ],
    'ssd_cla_episodes': [
        'clae_cla_episode_id', 'clae_person_id', 'clae_cla_episode_start_date',
        'clae_cla_episode_ceased_date'
    ],
    'ssd_immigration_status': [
        'immi_immigration_status_id', 'immi_person_id', 'immi_immigration_status',
        'immi_immigration_status_start_date', 'immi_immigration_status_end_date'
    ],
    'ssd_legal_status': [
        'lega_legal_status_id', 'lega_person_id', 'lega_legal_status',
        'lega_legal_status_start_date', 'lega_legal_status_end_date'
    ],
    'ssd_cla_placement': [
        'clap_cla_placement_id', 'clap_person_id', 'clap_cla_placement_type',
        'clap_cla_placement_start_date', 'clap_cla_placement_end_date'
    ],
} -%}

with judged_rows as (

    {{ judged_rows(['child_id', 'reject_code']) }}

),

rejected as (

    select * from judged_rows
    where reject_code is not null

),

validation_rules as (select * from {{ ref('validation_rules') }}),

with_values as (

    {% for table, columns in shown.items() -%}
        select
            rejected.*,
            {{ raw_values(columns) }} as raw_values
        from rejected
        inner join {{ raw_table(table) }} as raw_rows
            on
                rejected.source_file = raw_rows.source_file
                and rejected.source_row = cast(raw_rows.source_row as int)
        where rejected.raw_table = '{{ table }}'
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    cast(with_values.raw_table as string) as raw_table,
    cast(with_values.collection_year as string) as collection_year,
    cast(with_values.source_file as string) as source_file,
    cast(with_values.source_row as int) as source_row,
    cast(with_values.child_id as string) as child_id,
    cast(with_values.reject_code as string) as rule_code,
    cast(validation_rules.finding as string) as reason,
    cast(with_values.raw_values as string) as raw_values
from with_values
left join validation_rules on with_values.reject_code = validation_rules.rule_code
order by raw_table, source_file, source_row
