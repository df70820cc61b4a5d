-- Rule 16: how much of each module was lost, a row for each part that figures lean on: its rows,
-- its children, and the columns without which its rows would be counted wrongly. More than the
-- threshold allows makes the part unavailable, unless a person has accepted the loss by name.

{% set parts = [
    ('ssda903_missing', 'missing_rows', 'rows', 'reject_code is not null', none, none),
    ('ssda903_missing', 'missing_rows', 'birth_dates', 'is_birth_date_unread', none,
        'The birth dates cannot be read.'),
    ('ssda903_missing', 'missing_rows', 'ages', 'known_birth_date is null', none,
        'The birth dates are not known.'),
    ('ssda903_episodes', 'episode_rows', 'rows', 'reject_code is not null', none, none),
    ('ssda903_episodes', 'episode_rows', 'legal_statuses', 'not is_legal_status_known', none,
        'The legal statuses are no codes of the return.'),
    ('ssda903_episodes', 'episode_rows', 'placements',
        'placement_code is not null and not is_placement_known', 'placement_code',
        'The placements are no codes of the return.'),
    ('ssda903_header', 'header_rows', 'rows', 'reject_code is not null', none, none),
    ('ssda903_header', 'header_rows', 'birth_dates',
        'birth_text is not null and birth_date is null', 'birth_text',
        'The birth dates cannot be read.'),
    ('ssda903_header', 'header_rows', 'sexes', 'sex_code is not null and sex is null', 'sex_code',
        'The sexes are no codes of the return.'),
    ('ssda903_header', 'header_rows', 'ethnic_groups',
        'ethnic_code is not null and ethnic_group is null', 'ethnic_code',
        'The ethnic groups are no codes of the return.'),
    ('ssda903_uasc', 'uasc_rows', 'rows', 'reject_code is not null', none, none),
    ('ssda903_uasc', 'uasc_rows', 'status_ends',
        'status_ceased_text is not null and status_ceased_on is null', none,
        'The days on which the status ceased cannot be read.'),
    ('return_interviews', 'interview_rows', 'rows', 'reject_code is not null', none, none),
    ('return_interviews', 'interview_rows', 'outcomes', 'not is_outcome_known', none,
        'The outcomes are none of the form.'),
    ('return_interviews', 'interview_rows', 'harms', 'rule_mfc17 is not null', none,
        'The answers about harm are neither Y nor N.'),
    ('return_interviews', 'interview_rows', 'interview_days',
        'interview_text is not null and interviewed_on is null', none,
        'The days of the interviews cannot be read.'),
    ('ssd_missing', 'case_missing_rows', 'rows', 'reject_code is not null', none, none),
    ('ssd_cla_episodes', 'case_episode_rows', 'rows', 'reject_code is not null', none, none),
    ('ssd_cla_episodes', 'case_episode_rows', 'placements', 'placement_code is null',
        'placement_code', 'The placements are not known.'),
    ('ssd_legal_status', 'legal_rows', 'legal_statuses', 'not is_recognised', none,
        'The legal statuses are no codes of the return, nor words of legal_status_words.csv.'),
    ('ssd_person', 'persons', 'rows', 'child_id is null', none, none),
    ('ssd_person', 'persons', 'birth_dates', 'birth_text is not null and birth_date is null',
        'birth_text', 'The birth dates cannot be read.'),
    ('ssd_person', 'persons', 'sexes', 'sex_code is not null and sex is null', 'sex_code',
        'The sexes are no codes of the return.'),
    ('ssd_person', 'persons', 'ethnic_groups',
        'ethnic_code is not null and ethnic_group is null', 'ethnic_code',
        'The ethnic groups are no codes of the return.'),
    ('ssd_immigration_status', 'immigration_rows', 'rows', 'child_id is null', none, none),
] -%}

with children as (select * from {{ ref('int_children') }}),

missing_rows as (

    select
        missing_rows.*,
        coalesce(children.birth_date, missing_rows.birth_date) as known_birth_date,
        coalesce(children.birth_date, missing_rows.birth_date) is null
        and (children.birth_text is not null or missing_rows.birth_text is not null)
            as is_birth_date_unread
    from {{ ref('int_missing_rows_judged') }} as missing_rows
    left join children on missing_rows.child_id = children.child_id

),

episode_rows as (select * from {{ ref('int_episode_rows_judged') }}),

header_rows as (select * from {{ ref('int_header_rows_judged') }}),

uasc_rows as (select * from {{ ref('int_uasc_rows_judged') }}),

interview_rows as (select * from {{ ref('int_interview_rows_judged') }}),

case_missing_rows as (select * from {{ ref('int_case_missing_rows_judged') }}),

case_episode_rows as (select * from {{ ref('int_case_episode_rows_judged') }}),

legal_rows as (select * from {{ ref('int_case_legal_status_rows_judged') }}),

persons as (select * from {{ ref('int_case_person_rows_judged') }}),

immigration_rows as (select * from {{ ref('int_case_immigration_rows_judged') }}),

module_children as (select * from {{ ref('int_module_children') }}),

relaxed as (

    select distinct module_children.folder
    from module_children
    inner join {{ ref('int_child_matches') }} as child_matches
        on module_children.child_id = child_matches.child_id

),

rules as (

    select
        rule_code,
        finding
    from {{ ref('validation_rules') }}

),

accepted_losses as (

    select
        coalesce(source_file, '') as source_file,
        min(reason) as accepted_reason
    from {{ ref('stg_rules__accepted_findings') }}
    where rule_code = 'MFC50'
    group by coalesce(source_file, '')

),

limits as (

    select
        max(case when threshold = 'rows_lost_at_most' then cast(value as double) end)
            as rows_lost_at_most,
        max(case when threshold = 'children_unknown_at_most' then cast(value as double) end)
            as children_unknown_at_most
    from {{ ref('thresholds') }}

),

files as (

    select
        raw_table,
        coalesce(collection_year, 'all') as collection_year,
        coalesce({{ council_of('source_file') }}, '') as folder,
        min(source_file) as source_file,
        count(*) as files
    from {{ ref('stg_landed_modules') }}
    where status = 'landed'
    group by
        raw_table,
        coalesce(collection_year, 'all'),
        coalesce({{ council_of('source_file') }}, '')

),

counted as (

    {% for raw_table, rows, part, lost, value, reason in parts -%}
        select
            '{{ raw_table }}' as raw_table,
            {{ 'collection_year' if raw_table.startswith('ssda903_') else "'all'" }},
            coalesce({{ council_of('source_file') }}, '') as folder,
            '{{ part }}' as part,
            count(*) as counted,
            {% if value -%}
                -- A column without a word says nothing of anybody.
                case
                    when count({{ value }}) = 0 then count(*)
                    else count(case when {{ lost }} then 1 end)
                end as lost,
            {%- else -%}
                count(case when {{ lost }} then 1 end) as lost,
            {%- endif %}
            {% if part == 'rows' and 'reject_code' in lost -%}
                -- Of two that reject as many, always the same one: that with the first code.
                mode() within group (order by reject_code) as rule_code,
            {%- else -%}
                cast(null as string) as rule_code,
            {%- endif %}
            '{{ reason or 'The identifier of the person is blank or none.' }}' as reason
        from {{ rows }}
        group by
            {{ 'collection_year,' if raw_table.startswith('ssda903_') }}
            coalesce({{ council_of('source_file') }}, '')

        union all

    {% endfor -%}
    select
        module_children.raw_table,
        module_children.collection_year,
        module_children.folder,
        'children' as part,
        count(*) as counted,
        count(
            case
                when
                    not module_children.is_known
                    and (relaxed.folder is null or not module_children.is_known_relaxed)
                    then 1
            end
        ) as lost,
        cast(null as string) as rule_code,
        'No other module of the council knows the children: their identifiers may be damaged.'
            as reason
    from module_children
    left join relaxed on module_children.folder = relaxed.folder
    group by
        module_children.raw_table, module_children.collection_year, module_children.folder

),

losses as (

    select
        counted.raw_table,
        counted.collection_year,
        counted.folder,
        counted.part,
        coalesce(files.source_file, counted.raw_table) as source_file,
        counted.counted,
        counted.lost,
        100.0 * counted.lost / counted.counted as percent_lost,
        case
            when counted.part = 'children' then limits.children_unknown_at_most
            else limits.rows_lost_at_most
        end as percent_at_most,
        coalesce(rules.finding, counted.reason) as reason,
        -- Where nothing is left there is nothing to count: it would be 0.
        case
            when counted.lost < counted.counted
                then coalesce(accepted_losses.accepted_reason, accepted_everywhere.accepted_reason)
        end as accepted_reason
    from counted
    cross join limits
    left join files
        on
            counted.raw_table = files.raw_table
            and counted.collection_year = files.collection_year
            and counted.folder = files.folder
    left join rules on counted.rule_code = rules.rule_code
    left join accepted_losses on files.source_file = accepted_losses.source_file
    left join accepted_losses as accepted_everywhere on accepted_everywhere.source_file = ''
    where counted.lost > 0

),

final as (

    select
        *,
        percent_lost > percent_at_most as is_beyond,
        concat(
            source_file,
            ': ',
            cast(lost as string),
            ' of ',
            cast(counted as string),
            case
                when part = 'children' then ' children are not known elsewhere'
                when part = 'rows' then ' rows are not counted'
                else concat(' rows have lost their ', replace(part, '_', ' '))
            end,
            ' (',
            cast(round(percent_lost, 1) as string),
            '%). ',
            reason,
            case
                when percent_lost <= percent_at_most then ''
                when accepted_reason is not null then concat(' Accepted: ', accepted_reason)
                else
                    concat(
                        ' More than ',
                        cast(round(percent_at_most, 1) as string),
                        '% is too much: what needs it is not available. Mend the file and land it '
                        'again',
                        case
                            when lost = counted then '.'
                            else
                                ', or accept the loss by name in accepted_findings.csv, rule MFC50.'
                        end
                    )
            end
        ) as sentence
    from losses

)

select * from final
