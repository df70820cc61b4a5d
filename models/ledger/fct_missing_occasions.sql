-- Every occasion once, with what each rule says of it.

with adult_age as (

    select cast(value as int) as years
    from {{ ref('thresholds') }}
    where threshold = 'adult_age'

),

-- What hangs on a council and a day alone is looked up once for all the occasions of the day.
days as (

    select
        starts.folder,
        starts.started_on,
        councils.la_code,
        definitions.missing_counts_as,
        definitions.absent_counts_as,
        council_years.collection_year,
        council_years.has_uasc,
        {{ financial_year('starts.started_on') }} as financial_year,
        left(cast(starts.started_on as string), 7) as month
    from (
        select distinct
            folder,
            started_on
        from {{ ref('int_occasions') }}
    ) as starts
    left join {{ ref('int_councils') }} as councils on starts.folder = councils.folder
    left join {{ ref('int_definitions') }} as definitions
        on
            councils.la_code = definitions.la_code
            and starts.started_on >= coalesce(definitions.valid_from, starts.started_on)
            and starts.started_on <= coalesce(definitions.valid_to, starts.started_on)
    left join {{ ref('int_council_years') }} as council_years
        on
            councils.la_code = council_years.la_code
            and starts.started_on >= council_years.first_day
            and starts.started_on <= council_years.last_day

),

with_interviews as (

    select
        occasions.*,
        coalesce(interviews.interview_rows, 0) as interview_rows,
        coalesce(interviews.is_offered, false) or occasions.is_offered_in_extract
            as is_interview_offered,
        coalesce(interviews.is_completed, false) as is_interview_completed,
        coalesce(interviews.is_declined, false) or occasions.is_declined_in_extract
            as is_interview_declined,
        coalesce(interviews.is_in_time, false) as is_interviewed_in_time,
        interviews.first_interviewed_on,
        coalesce(interviews.was_hurt, false) as was_hurt,
        coalesce(interviews.was_sexually_harmed, false) as was_sexually_harmed,
        coalesce(interviews.was_in_drug_sale, false) as was_in_drug_sale,
        {% for column in interview_columns() -%}
            coalesce(interviews.{{ column }}, 'not_known') as {{ column }},
        {% endfor -%}
        coalesce(interviews.was_in_crime, false) as was_in_crime
    from {{ ref('int_occasions') }} as occasions
    left join {{ ref('int_occasion_interviews') }} as interviews
        on
            occasions.child_id = interviews.child_id
            and occasions.started_on = interviews.started_on
            and occasions.occasion_number = interviews.occasion_number

),

joined as (

    select
        occasions.*,
        days.la_code,
        days.financial_year,
        days.month,
        {{ age_in_years(
            'coalesce(children.birth_date, occasions.birth_date_in_missing)',
            'occasions.started_on'
        ) }} as age_at_start,
        coalesce(children.sex, 'not_known') as sex,
        coalesce(children.ethnic_group, 'not_known') as ethnic_group,
        coalesce(placement_types.placement_type, 'not_known') as placement_type,
        coalesce(legal_statuses.legal_status, 'not_known') as legal_status,
        coalesce(occasions_in_care.placement_area, 'not_known') as placement_area,
        occasions_in_care.miles_from_home,
        case
            when occasions.ended_on is not null then 'found'
            when occasions_in_care.care_ended_on is null then 'still_open'
            when reasons_ceased.outcome_since is not null then reasons_ceased.outcome_since
            when
                {{ age_in_years(
                    'coalesce(children.birth_date, occasions.birth_date_in_missing)',
                    'occasions_in_care.care_ended_on'
                ) }} >= adult_age.years
                then 'turned_18'
            else 'left_care'
        end as outcome_since,
        {{ days_between('occasions_in_care.care_started_on', 'occasions.started_on') }}
            as days_in_care,
        occasions_in_care.child_id is not null as is_in_an_episode,
        coalesce(occasions_in_care.is_short_break_only, false) as is_short_break_only,
        adult_age.years as adult_age,
        case occasions.recorded_status
            when 'M' then days.missing_counts_as
            when 'A' then days.absent_counts_as
        end as would_count_as,
        case
            when coalesce(days.has_uasc, false)
                then
                    uasc_status.child_id is not null
                    and (
                        uasc_status.status_ceased_on is null
                        or uasc_status.status_ceased_on >= occasions.started_on
                    )
        end as is_uasc
    from with_interviews as occasions
    cross join adult_age
    left join {{ ref('int_children') }} as children on occasions.child_id = children.child_id
    left join {{ ref('int_occasions_in_care') }} as occasions_in_care
        on
            occasions.child_id = occasions_in_care.child_id
            and occasions.started_on = occasions_in_care.started_on
    left join {{ ref('placement_types') }} as placement_types
        on occasions_in_care.placement_code = placement_types.placement_code
    left join {{ ref('legal_statuses') }} as legal_statuses
        on occasions_in_care.legal_status_code = legal_statuses.legal_status_code
    left join {{ ref('reasons_ceased') }} as reasons_ceased
        on occasions_in_care.reason_ceased_code = reasons_ceased.reason_ceased_code
    left join days on occasions.folder = days.folder and occasions.started_on = days.started_on
    left join {{ ref('int_uasc_status') }} as uasc_status
        on
            occasions.child_id = uasc_status.child_id
            and days.collection_year = uasc_status.collection_year

),

judged as (

    select
        *,
        case
            when not is_in_an_episode then 'not_looked_after'
            when is_short_break_only then 'short_break'
            when age_at_start >= adult_age then 'aged_18_or_over'
        end as left_out_reason
    from joined

)

select
    cast(occasion_id as string) as occasion_id,
    cast(child_id as string) as child_id,
    cast(started_on as date) as started_on,
    cast(occasion_number as int) as occasion_number,
    cast(ended_on as date) as ended_on,
    cast(started_at as timestamp) as started_at,
    cast(ended_at as timestamp) as ended_at,
    cast(is_found as boolean) as is_found,
    cast(recorded_status as string) as recorded_status,
    cast(case when left_out_reason is null then would_count_as end as string) as counts_as,
    cast(would_count_as as string) as would_count_as,
    -- Only a case-management system holds children who are not looked after.
    cast(
        case
            when left_out_reason is null then 'looked_after'
            when
                left_out_reason = 'not_looked_after'
                and is_from_extract
                and coalesce(age_at_start, 0) < adult_age
                then 'not_looked_after'
        end as string
    ) as care,
    cast(
        case when left_out_reason is null then 'counted' else 'left_out' end as string
    ) as outcome,
    cast(left_out_reason as string) as left_out_reason,
    cast(financial_year as string) as financial_year,
    cast(year(started_on) as int) as calendar_year,
    cast(month as string) as month,
    cast(is_uasc as boolean) as is_uasc,
    cast(age_at_start as int) as age_at_start,
    cast(sex as string) as sex,
    cast(ethnic_group as string) as ethnic_group,
    cast(placement_type as string) as placement_type,
    cast(legal_status as string) as legal_status,
    cast(placement_area as string) as placement_area,
    cast(miles_from_home as int) as miles_from_home,
    cast({{ days_between('started_on', 'ended_on') }} as int) as duration_days,
    cast(outcome_since as string) as outcome_since,
    cast(days_in_care as int) as days_in_care,
    -- Times that contradict each other say nothing about how long it was.
    cast(
        case when ended_at >= started_at then {{ hours_between('started_at', 'ended_at') }} end
        as double
    ) as duration_hours,
    cast(interview_rows as int) as interview_rows,
    cast(is_interview_offered as boolean) as is_interview_offered,
    cast(is_interview_completed as boolean) as is_interview_completed,
    cast(is_interview_declined as boolean) as is_interview_declined,
    cast(is_interviewed_in_time as boolean) as is_interviewed_in_time,
    cast(first_interviewed_on as date) as first_interviewed_on,
    cast(was_hurt as boolean) as was_hurt,
    cast(was_sexually_harmed as boolean) as was_sexually_harmed,
    cast(was_in_drug_sale as boolean) as was_in_drug_sale,
    cast(was_in_crime as boolean) as was_in_crime,
    {% for column in interview_columns() -%}
        cast({{ column }} as string) as {{ column }},
    {% endfor -%}
    cast(collection_year as string) as collection_year,
    cast(source_file as string) as source_file,
    cast(source_row as int) as source_row,
    cast(la_code as string) as la_code
from judged
