{{ config(post_hook="{{ refuse_unread_postcodes() }}") }}
-- Rule 26: where each row of the Episodes module says that the child was placed, by the directory
-- of postcodes that the council supplies, and how far from home. The postcodes end here.

with episodes as (

    select
        collection_year,
        source_file,
        cast(source_row as int) as source_row,
        {{ postcode_of('home_post') }} as home_post,
        {{ postcode_of('pl_post') }} as pl_post
    from {{ raw_table('ssda903_episodes') }}

),

own as (

    select
        max(case when setting = 'la_code' then value end) as la_code,
        max(case when setting = 'ons_code' then value end) as ons_code
    from {{ ref('authority') }}

),

used as (

    select home_post as postcode from episodes
    union
    select pl_post as postcode from episodes

),

-- A directory may have a postcode twice, as one that was given up and is used again.
postcodes as (

    select
        directory.postcode,
        max(directory.east) as east,
        max(directory.north) as north,
        max(directory.county) as county,
        max(directory.authority) as authority
    from {{ postcode_file() }} as directory
    inner join used on directory.postcode = used.postcode
    group by directory.postcode

),

placed as (

    select
        episodes.collection_year,
        episodes.source_file,
        episodes.source_row,
        left(places.authority, 1) as country,
        own.ons_code in (places.authority, places.county) as is_in_area,
        coalesce({{ council_of('episodes.source_file') }}, '') in ('', own.la_code) as is_own,
        -- Northern Ireland has a grid of its own.
        case
            when (left(homes.authority, 1) = 'N') = (left(places.authority, 1) = 'N')
                then
                    sqrt(
                        power(places.east - homes.east, 2) + power(places.north - homes.north, 2)
                    )
        end as metres
    from episodes
    cross join own
    left join postcodes as homes on episodes.home_post = homes.postcode
    left join postcodes as places on episodes.pl_post = places.postcode

),

final as (

    select
        collection_year,
        source_file,
        source_row,
        case
            when country = 'E' and not is_own then 'not_known'
            when is_in_area then 'in_area'
            when country = 'E' then 'elsewhere_in_england'
            when country = 'W' then 'wales'
            when country = 'S' then 'scotland'
            when country = 'N' then 'northern_ireland'
            else 'not_known'
        end as placement_area,
        -- A mile has 1609.344 metres.
        cast(floor(metres / 1609.344) as int) as miles_from_home
    from placed

)

select * from final
