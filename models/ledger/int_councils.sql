-- The councils that are landed: those whose folders were, or the authority itself, whose returns
-- lie in no folder of a council.

with landed_folders as (

    select distinct coalesce({{ council_of('source_file') }}, '') as folder
    from {{ ref('stg_landed_modules') }}
    where status = 'landed'

),

own_settings as (

    select
        max(case when setting = 'la_code' then value end) as la_code,
        max(case when setting = 'name' then value end) as council
    from {{ ref('authority') }}

),

councils as (select * from {{ ref('councils') }}),

named as (

    select
        landed_folders.folder,
        own_settings.council as own_name,
        coalesce(nullif(landed_folders.folder, ''), own_settings.la_code) as la_code
    from landed_folders
    cross join own_settings

),

final as (

    select
        named.folder,
        named.la_code,
        coalesce(councils.council, named.own_name) as council,
        coalesce(councils.region, 'Not known') as region,
        coalesce(councils.country, 'Not known') as country
    from named
    left join councils on named.la_code = councils.la_code

)

select * from final
