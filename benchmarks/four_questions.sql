-- The four questions as one hand-written statement, for DuckDB and Spark: what a good analyst would
-- write for one council, with rules 1 to 14 in it and neither findings nor row accounting.
-- `as_day` reads a date written dd/mm/yyyy, `as_number` writes one as 20180331.
with rows_read as (
    select child, missing as status, mis_end as end_text, as_day(mis_start) as began, as_day(mis_end) as ended,
        collection_year as year, cast(source_row as int) as place, as_day(dob) as dob
    from missing
), numbered as (
    select *, row_number() over (
        partition by year, child, began order by ended desc nulls first, place desc) as number
    from rows_read
    where child is not null and began is not null and (end_text is null or ended is not null)
        and status in ('M', 'A') and (ended is null or began <= ended)
        and began <= make_date(cast(left(year, 4) as int) + 1, 3, 31)
), ranked as (
    select *,
        row_number() over (partition by child, began, number order by year desc) as newest,
        max(case when ended is null then 0 else 1 end) over (partition by child, began, number)
            as found
    from numbered
), occasions as (
    select *, row_number() over (
        partition by child, began order by ended asc nulls last, number desc) as occasion
    from ranked where newest = 1
), last_year as (select max(collection_year) as year from episodes
), care as (
    select child, began, is_break, case when ended is null and year < newest_year
        then make_date(cast(left(year, 4) as int) + 1, 3, 31) else ended end as ended
    from (
        select child, as_day(decom) as began, as_day(dec) as ended, collection_year as year,
            last_year.year as newest_year, ls in ('V3', 'V4') as is_break,
            row_number() over (partition by child, as_day(decom)
                order by collection_year desc, as_day(dec) desc nulls first,
                    cast(source_row as int) desc) as newest
        from episodes cross join last_year where child is not null and as_day(decom) is not null
    ) as read_episodes
    where newest = 1
), born as (
    select child, dob from (
        select child, as_day(dob) as dob, row_number() over (
            partition by child order by collection_year desc, cast(source_row as int) desc) as newest
        from header
    ) as read_header where newest = 1
), refugees as (
    select child, year, until from (
        select child, collection_year as year, as_day(duc) as until, row_number() over (
            partition by child, collection_year order by cast(source_row as int) desc) as newest
        from uasc
    ) as read_uasc where newest = 1
), talks as (
    select child, as_day(mis_start) as began, coalesce(cast(occasion as int), 1) as occasion,
        max(case when outcome = 'COMPLETED' then 1 else 0 end) as held,
        max(case when harmed = 'Y' then 1 else 0 end) as hurt,
        max(case when sexual_harm = 'Y' then 1 else 0 end) as abused,
        max(case when drug_sale = 'Y' then 1 else 0 end) as drugs,
        max(case when crime = 'Y' then 1 else 0 end) as crime
    from interviews group by 1, 2, 3
), in_care as (
    select distinct occasions.child, occasions.began
    from occasions inner join care
        on occasions.child = care.child and occasions.began >= care.began
        and (care.ended is null or occasions.began <= care.ended)
    where not care.is_break
), counted as (
    select occasions.child, occasions.found,
        case when occasions.status = 'M' or occasions.began >= date '2017-04-01' then 1 else 0 end as m,
        year(occasions.began) - case when month(occasions.began) < 4 then 1 else 0 end as fy,
        case when refugees.child is not null
            and (refugees.until is null or refugees.until >= occasions.began) then 1 else 0 end as u,
        coalesce(held, 0) as held, coalesce(hurt, 0) as hurt, coalesce(abused, 0) as abused,
        coalesce(drugs, 0) as drugs, coalesce(crime, 0) as crime
    from occasions
    inner join in_care on occasions.child = in_care.child and occasions.began = in_care.began
    left join born on occasions.child = born.child
    left join refugees on occasions.child = refugees.child
        and cast(left(refugees.year, 4) as int)
        = year(occasions.began) - case when month(occasions.began) < 4 then 1 else 0 end
    left join talks on occasions.child = talks.child and occasions.began = talks.began
        and occasions.occasion = talks.occasion
    where coalesce(
        as_number(occasions.began) - as_number(coalesce(born.dob, occasions.dob)) < 180000, true)
), q124 as (
    select fy, sum(m) as missing, sum(1 - m) as absent, count(*) as either,
        count(distinct case when m = 1 then child end) as children,
        count(distinct child) as children_either,
        sum(m * found) as found, sum(m * found * held) as held, sum(m * found * hurt) as hurt,
        sum(m * found * abused) as abused, sum(m * found * drugs) as drugs,
        sum(m * found * crime) as crime, sum(m * u) as uasc_missing, sum((1 - m) * u) as uasc_absent,
        count(distinct case when m * u = 1 then child end) as uasc_children
    from counted group by fy
), years as (
    select distinct cast(left(collection_year, 4) as int) as fy, collection_year as year
    from episodes
), cared as (
    select years.fy, care.child, refugees.child is not null and (refugees.until is null
            or refugees.until >= greatest(care.began, make_date(years.fy, 4, 1))) as is_uasc,
        care.ended is null or care.ended > make_date(years.fy + 1, 3, 31) as at_end,
        refugees.child is not null and (refugees.until is null
            or refugees.until >= make_date(years.fy + 1, 3, 31)) as is_uasc_then
    from care inner join years on care.began <= make_date(years.fy + 1, 3, 31)
        and (care.ended is null or care.ended >= make_date(years.fy, 4, 1))
    left join refugees on care.child = refugees.child and years.year = refugees.year
    where not care.is_break
), q3 as (
    select fy, count(distinct case when is_uasc then child end) as uasc_in_year,
        count(distinct case when at_end and is_uasc_then then child end) as uasc_at_end,
        count(distinct child) as looked_after,
        count(distinct case when at_end then child end) as looked_after_at_end
    from cared group by fy
)
select q3.fy, missing, absent, either, children, children_either, found, held, hurt, abused, drugs,
    crime, uasc_missing, uasc_absent, uasc_children, uasc_in_year, uasc_at_end, looked_after,
    looked_after_at_end
from q3 left join q124 on q3.fy = q124.fy order by q3.fy
