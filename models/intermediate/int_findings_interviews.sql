-- Rule 9, for return interviews: what each rule finds in each row.

with interview_rows as (

    select * from {{ ref('int_interview_rows_judged') }}

),

interviews_linked as (

    select * from {{ ref('int_interviews_linked') }}

),

interview_outcomes as (

    select * from {{ ref('interview_outcomes') }}

),

joined as (

    select
        interview_rows.*,
        interviews_linked.source_file is not null
        and interviews_linked.occasion_id is null as matches_no_occasion,
        interview_outcomes.interview_outcome is not null as is_outcome_known
    from interview_rows
    left join interviews_linked
        on
            interview_rows.source_file = interviews_linked.source_file
            and interview_rows.source_row = interviews_linked.source_row
    left join interview_outcomes
        on interview_rows.interview_outcome = interview_outcomes.interview_outcome

),

judged as (

    select
        'all' as collection_year,
        source_file,
        source_row,
        child_id,
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
            when matches_no_occasion
                then
                    'MIS_START is ' || cast(started_on as string)
                    || ', OCCASION is ' || {{ shown('occasion_text') }} || '.'
        end as rule_mfc08,
        case
            when interview_outcome is null then 'OUTCOME is blank.'
            when not is_outcome_known
                then 'OUTCOME reads ' || {{ shown('interview_outcome') }} || '.'
        end as rule_mfc16,
        case
            when
                was_hurt not in ('Y', 'N')
                or was_sexually_harmed not in ('Y', 'N')
                or was_in_drug_sale not in ('Y', 'N')
                or was_in_crime not in ('Y', 'N')
                then
                    concat_ws(
                        ', ',
                        case
                            when was_hurt not in ('Y', 'N')
                                then 'HARMED reads ' || {{ shown('was_hurt') }}
                        end,
                        case
                            when was_sexually_harmed not in ('Y', 'N')
                                then 'SEXUAL_HARM reads ' || {{ shown('was_sexually_harmed') }}
                        end,
                        case
                            when was_in_drug_sale not in ('Y', 'N')
                                then 'DRUG_SALE reads ' || {{ shown('was_in_drug_sale') }}
                        end,
                        case
                            when was_in_crime not in ('Y', 'N')
                                then 'CRIME reads ' || {{ shown('was_in_crime') }}
                        end
                    ) || '.'
        end as rule_mfc17,
        case
            when
                (offered_text is not null and offered_on is null)
                or (interview_text is not null and interviewed_on is null)
                then
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
                    ) || '.'
        end as rule_mfc22
    from joined

),

final as (

    {{ rows_by_rule('judged', [
        'MFC05', 'MFC06', 'MFC07', 'MFC08', 'MFC16', 'MFC17', 'MFC22',
    ]) }}

)

select * from final
