-- What the database of analysts is made from. Each statement has a name above it and ends with `;`.

-- name: tables
select table_name, coalesce(published_as, table_name), columns
from private.main.published_tables
where
    only_if is null
    or only_if in (select setting from private.main.authority where value = 'yes')
order by cast(place_in_line as int);

-- name: catalogue
select view_name, null as column_name, comment, sql
from duckdb_views()
where database_name = 'private'
union all
select table_name, null, comment, null
from duckdb_tables()
where database_name = 'private'
union all
select table_name, column_name, comment, null
from duckdb_columns()
where database_name = 'private';

-- name: about
select
    (select value from private.main.authority where setting = 'name'),
    (select wording from private.main.notes where note = 'not_protected'),
    (select min(financial_year) || ' to ' || max(financial_year) from dim_financial_years),
    (
        select string_agg(authority)
        from private.main.authority
        where value = 'yes' and setting in (select only_if from private.main.published_tables)
    );
