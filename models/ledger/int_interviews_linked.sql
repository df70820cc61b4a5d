-- Rule 11: which occasion each interview row speaks of; one that speaks of none is a finding.

with interview_rows as (

    select * from {{ ref('int_interview_rows_judged') }}
    where reject_code is null

),

final as (

    select
        interview_rows.source_file,
        interview_rows.source_row,
        interview_rows.child_id,
        interview_rows.started_on,
        interview_rows.occasion_number,
        interview_rows.interview_outcome,
        interview_rows.offered_on,
        interview_rows.interviewed_on,
        interview_rows.was_hurt,
        interview_rows.was_sexually_harmed,
        interview_rows.was_in_drug_sale,
        interview_rows.was_in_crime,
        {% for column in interview_columns() -%}
            interview_rows.{{ column }},
        {% endfor -%}
        occasions.child_id is not null as has_occasion,
        occasions.ended_on as occasion_ended_on,
        case
            when occasions.child_id is null
                then
                    'MIS_START is ' || cast(interview_rows.started_on as string)
                    || ', OCCASION is ' || {{ shown('interview_rows.occasion_text') }} || '.'
        end as rule_mfc08
    from interview_rows
    left join {{ ref('int_occasions') }} as occasions
        on
            interview_rows.child_id = occasions.child_id
            and interview_rows.started_on = occasions.started_on
            and interview_rows.occasion_number = occasions.occasion_number

)

select * from final
