-- What one return says of a child: the last row of its Header, and whether its Episodes have a day
-- of the year. The findings hold the other modules of the same return against it.

with header_rows as (

    select * from {{ ref('int_header_rows_judged') }}
    where reject_code is null

),

episode_rows as (

    select * from {{ ref('int_episode_rows_judged') }}
    where reject_code is null

),

collection_years as (select * from {{ ref('int_return_years') }}),

ranked_header_rows as (

    select
        *,
        row_number() over (
            partition by collection_year, child_id
            order by source_row desc
        ) as place_in_line
    from header_rows

),

children_in_the_header as (

    select
        collection_year,
        child_id,
        birth_date,
        sex_code,
        sex
    from ranked_header_rows
    where place_in_line = 1

),

children_in_care as (

    select distinct
        episode_rows.collection_year,
        episode_rows.child_id
    from episode_rows
    inner join collection_years
        on
            episode_rows.collection_year = collection_years.collection_year
            and episode_rows.started_on <= collection_years.last_day
            and (
                episode_rows.ended_on is null
                or episode_rows.ended_on >= collection_years.first_day
            )

),

final as (

    select
        coalesce(header.collection_year, care.collection_year) as collection_year,
        coalesce(header.child_id, care.child_id) as child_id,
        header.child_id is not null as is_in_header,
        header.birth_date,
        header.sex_code,
        header.sex,
        care.child_id is not null as has_episode_in_year
    from children_in_the_header as header
    full join children_in_care as care
        on
            header.collection_year = care.collection_year
            and header.child_id = care.child_id

)

select * from final
