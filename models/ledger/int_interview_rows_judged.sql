-- Rules 7 and 9, for return interviews: what each rule finds in each row, and which rows name no
-- occasion. A blank OCCASION means the first.

{% set harms = {
    'was_hurt': 'HARMED', 'was_sexually_harmed': 'SEXUAL_HARM', 'was_in_drug_sale': 'DRUG_SALE',
    'was_in_crime': 'CRIME'
} -%}

with interview_rows as (

    select
        *,
        try_cast(occasion_text as double) as occasion_value
    from {{ ref('stg_return_interviews') }}

),

-- What a column's words mean: its own, else those of every column.
interview_words as (

    select
        categories.breakdown,
        words.words,
        words.category
    from {{ ref('interview_words') }} as words
    inner join {{ ref('categories') }} as categories
        on
            words.breakdown in (categories.breakdown, 'all')
            and words.category = categories.category

),

joined as (

    select
        interview_rows.*,
        {% for column in interview_columns() -%}
            {{ column }}_words.category as {{ column }}_category,
        {% endfor -%}
        coalesce(child_matches.matched_child_id, interview_rows.child_id) as matched_child_id,
        interview_outcomes.interview_outcome is not null as is_outcome_known,
        case
            when interview_rows.occasion_text is null then 1
            when
                interview_rows.occasion_value between 1 and 9999
                and interview_rows.occasion_value = floor(interview_rows.occasion_value)
                then cast(interview_rows.occasion_value as int)
        end as occasion_number
    from interview_rows
    left join {{ ref('int_child_matches') }} as child_matches
        on interview_rows.child_id = child_matches.child_id
    left join {{ ref('interview_outcomes') }} as interview_outcomes
        on interview_rows.interview_outcome = interview_outcomes.interview_outcome
    {% for column in interview_columns() -%}
        left join interview_words as {{ column }}_words
            on
                {{ column }}_words.breakdown = '{{ column }}'
                and interview_rows.{{ column }} = {{ column }}_words.words
    {% endfor %}
),

judged as (

    select
        *,
        case when child_id is null then 'CHILD is blank or no identifier.' end as rule_mfc05,
        case
            when start_text is null then 'MIS_START is blank.'
            when started_on is null then 'MIS_START reads ' || {{ shown('start_text') }} || '.'
        end as rule_mfc06,
        case
            when occasion_number is null
                then 'OCCASION reads ' || {{ shown('occasion_text') }} || '.'
        end as rule_mfc07,
        case
            when interview_outcome is null then 'OUTCOME is blank.'
            when not is_outcome_known
                then 'OUTCOME reads ' || {{ shown('interview_outcome') }} || '.'
        end as rule_mfc16,
        nullif(
            concat_ws(
                ', ',
                {% for column, name in harms.items() -%}
                    case
                        when {{ column }} not in ('Y', 'N')
                            then '{{ name }} reads ' || {{ shown(column) }}
                    end{{ ',' if not loop.last }}
                {% endfor %}
            ) || '.',
            '.'
        ) as rule_mfc17,
        nullif(
            concat_ws(
                ', ',
                case
                    when offered_text is not null and offered_on is null
                        then 'OFFERED_DATE reads ' || {{ shown('offered_text') }}
                end,
                case
                    when interview_text is not null and interviewed_on is null
                        then 'INTERVIEW_DATE reads ' || {{ shown('interview_text') }}
                end
            ) || '.',
            '.'
        ) as rule_mfc22,
        nullif(
            concat_ws(
                ', ',
                {% for column in interview_columns() -%}
                    case
                        when {{ column }} is not null and {{ column }}_category is null
                            then '{{ column | upper }} reads ' || {{ shown(column) }}
                    end{{ ',' if not loop.last }}
                {% endfor %}
            ) || '.',
            '.'
        ) as rule_mfc59,
        {{ child_read_as_another('child_id', 'matched_child_id') }} as rule_mfc51
    from joined

),

with_reject_code as (

    select
        *,
        {{ first_broken('MFC05 MFC06 MFC07') }} as reject_code
    from judged

),

final as (

    select
        source_file,
        source_row,
        interview_id,
        matched_child_id as child_id,
        started_on,
        occasion_text,
        occasion_number,
        interview_outcome,
        is_outcome_known,
        offered_on,
        interview_text,
        interviewed_on,
        was_hurt,
        was_sexually_harmed,
        was_in_drug_sale,
        was_in_crime,
        {% for column in interview_columns() -%}
            {{ column }}_category as {{ column }},
        {% endfor -%}
        reject_code,
        rule_mfc05,
        rule_mfc06,
        rule_mfc07,
        rule_mfc16,
        rule_mfc17,
        rule_mfc22,
        rule_mfc51,
        rule_mfc59
    from with_reject_code

)

select * from final
