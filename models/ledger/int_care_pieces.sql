-- Rules 12 and 13, for any period and breakdown: episodes of care, short breaks apart, cut at month
-- ends, birthdays and the end of UASC status, so that nothing changes within a piece.

with care_episodes as (

    select * from {{ ref('int_care_episodes') }}
    where not is_short_break

),

council_years as (

    select * from {{ ref('int_council_years') }}
    where has_episodes

),

numbers as (

    {{ numbers() }}

),

months as (

    select
        council_years.la_code,
        council_years.collection_year,
        council_years.has_uasc,
        {{ month_start(month_index('council_years.first_day') ~ ' + numbers.number') }}
            as first_day,
        cast(
            {{ month_start(month_index('council_years.first_day') ~ ' + numbers.number + 1') }}
            - 1 as date
        ) as last_day
    from council_years
    cross join numbers
    where numbers.number < 12

),

halves as (

    select sides.number
    from (values (0), (1)) as sides (number)

),

cut_at_months as (

    select
        care_episodes.child_id,
        care_episodes.la_code,
        care_episodes.ended_on,
        care_episodes.placement_code,
        care_episodes.legal_status_code,
        care_episodes.placement_area,
        care_episodes.miles_from_home,
        months.collection_year,
        months.has_uasc,
        greatest(care_episodes.started_on, months.first_day) as from_day,
        least(coalesce(care_episodes.ended_on, months.last_day), months.last_day) as to_day
    from care_episodes
    inner join months
        on
            care_episodes.la_code = months.la_code
            and care_episodes.started_on <= months.last_day
            and coalesce(care_episodes.ended_on, months.last_day) >= months.first_day

),

with_the_child as (

    select
        cut_at_months.*,
        children.birth_date,
        coalesce(children.sex, 'not_known') as sex,
        coalesce(children.ethnic_group, 'not_known') as ethnic_group,
        uasc_status.child_id is not null as is_in_uasc_table,
        uasc_status.status_ceased_on,
        {{ age_in_years('children.birth_date', 'cut_at_months.from_day') }} as age_at_first,
        {{ age_in_years('children.birth_date', 'cut_at_months.to_day') }} as age_at_last
    from cut_at_months
    left join {{ ref('int_children') }} as children on cut_at_months.child_id = children.child_id
    left join {{ ref('int_uasc_status') }} as uasc_status
        on
            cut_at_months.child_id = uasc_status.child_id
            and cut_at_months.collection_year = uasc_status.collection_year

),

with_birthdays as (

    select
        *,
        case
            when age_at_last > age_at_first
                then make_date(year(to_day), month(birth_date), day(birth_date))
        end as birthday
    from with_the_child

),

cut_at_birthdays as (

    select
        with_birthdays.*,
        case
            when halves.number = 0 then with_birthdays.age_at_first
            else with_birthdays.age_at_last
        end as age,
        case
            when halves.number = 0 then with_birthdays.from_day
            else with_birthdays.birthday
        end as piece_from,
        case
            when halves.number = 0 and with_birthdays.birthday is not null
                then cast(with_birthdays.birthday - 1 as date)
            else with_birthdays.to_day
        end as piece_to
    from with_birthdays
    inner join halves
        on halves.number <= case when with_birthdays.birthday is null then 0 else 1 end

),

cut_at_uasc as (

    select
        cut_at_birthdays.*,
        halves.number = 0 as is_before_the_cut
    from cut_at_birthdays
    inner join halves
        on
            halves.number <= case
                when
                    cut_at_birthdays.status_ceased_on >= cut_at_birthdays.piece_from
                    and cut_at_birthdays.status_ceased_on < cut_at_birthdays.piece_to
                    then 1
                else 0
            end

),

final as (

    select
        cut_at_uasc.child_id,
        cut_at_uasc.la_code,
        case
            when cut_at_uasc.is_before_the_cut then cut_at_uasc.piece_from
            else cast(cut_at_uasc.status_ceased_on + 1 as date)
        end as from_day,
        case
            when
                cut_at_uasc.is_before_the_cut
                and cut_at_uasc.status_ceased_on >= cut_at_uasc.piece_from
                then least(cut_at_uasc.piece_to, cut_at_uasc.status_ceased_on)
            else cut_at_uasc.piece_to
        end as to_day,
        cut_at_uasc.ended_on,
        cut_at_uasc.age,
        cut_at_uasc.sex,
        cut_at_uasc.ethnic_group,
        coalesce(placement_types.placement_type, 'not_known') as placement_type,
        coalesce(legal_statuses.legal_status, 'not_known') as legal_status,
        cut_at_uasc.placement_area,
        cut_at_uasc.miles_from_home,
        case
            when not cut_at_uasc.has_uasc then null
            when
                cut_at_uasc.is_in_uasc_table
                and cut_at_uasc.is_before_the_cut
                and (
                    cut_at_uasc.status_ceased_on is null
                    or cut_at_uasc.status_ceased_on >= cut_at_uasc.piece_from
                )
                then 'yes'
            else 'no'
        end as uasc
    from cut_at_uasc
    left join {{ ref('placement_types') }} as placement_types
        on cut_at_uasc.placement_code = placement_types.placement_code
    left join {{ ref('legal_statuses') }} as legal_statuses
        on cut_at_uasc.legal_status_code = legal_statuses.legal_status_code

)

select * from final
