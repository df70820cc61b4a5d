{#- The directory of postcodes that FOI_POSTCODES names, of any form with headings: postcode, grid east and
    north, authority, and the county where there is one. Read in place; no rows without the variable. -#}
{% macro postcode_file() %}
    {{- adapter.dispatch('postcode_file', 'missing_from_care')() -}}
{% endmacro %}

{% macro default__postcode_file() -%}
    {%- if env_var('FOI_POSTCODES', '') != '' -%}
        {%- do stop_with('FOI_POSTCODES is read on DuckDB alone: unset it here.') -%}
    {%- endif -%}
    {{- no_postcodes() -}}
{%- endmacro %}

{% macro no_postcodes() -%}
    (
        select
            cast(null as string) as postcode,
            cast(null as double) as east,
            cast(null as double) as north,
            cast(null as string) as county,
            cast(null as string) as authority
        where false
    )
{%- endmacro %}

{% macro duckdb__postcode_file() -%}
    {%- set file = env_var('FOI_POSTCODES', '') -%}
    {%- if file == '' or not execute -%}
        {{- return(no_postcodes()) -}}
    {%- endif -%}
    {%- set place = "'" ~ literal_pattern(file) ~ "'" -%}
    {%- if not run_query('select count(*) > 0 from glob(' ~ place ~ ')').rows[0][0] -%}
        {%- do stop_with('FOI_POSTCODES names ' ~ file ~ ', where no file is.') -%}
    {%- endif -%}
    {#- Every byte is a character of Latin-1, so that the line of headings can always be read. -#}
    {%- set names = run_query(
        'select lower(trim(unnest(regexp_extract_all(' ~ "',' || ltrim(line, chr(239) || chr(187) || chr(191)), "
        ~ "',(\"(?:[^\"]|\"\")*\"|[^,]*)', 1)), ' \"')) from (from read_csv(" ~ place ~ ", columns = {'line': 'varchar'}, "
        ~ "header = false, auto_detect = false, delim = chr(1), quote = '', escape = '', encoding = 'latin-1') limit 1)"
    ).columns[0].values() -%}
    {#- The directories' own headings; that of an authority has its year in it, lad25cd. -#}
    {%- set headings = {
        'postcode': ['pcds', 'pcd8', 'pcd7', 'pcd2', 'pcd', 'postcode'],
        'east': ['oseast1m', 'east1m', 'eastings', 'easting'],
        'north': ['osnrth1m', 'north1m', 'northings', 'northing'],
        'authority': ['oslaua', 'laua', 'lad', 'admin_district_code', 'authority'],
        'county': ['oscty', 'cty', 'admin_county_code', 'county'],
    } -%}
    {%- set found = {} -%}
    {%- for column, spellings in headings.items() -%}
        {%- for spelling in spellings -%}
            {%- for name in names if column not in found and (
                name == spelling or (spelling in ('lad', 'cty') and name == spelling ~ name[3:5] ~ 'cd')
            ) -%}
                {%- do found.update({column: 'c' ~ names.index(name)}) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- if column not in found and column != 'county' -%}
            {%- do stop_with(
                'FOI_POSTCODES names ' ~ file ~ ', which has no column for ' ~ column ~ ': its first line '
                ~ 'needs one of ' ~ spellings | join(', ') ~ '.'
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    (
        select
            {{ postcode_of(found['postcode']) }} as postcode,
            try_cast({{ found['east'] }} as double) as east,
            try_cast({{ found['north'] }} as double) as north,
            {{ found.get('county', 'null') }} as county,
            {{ found['authority'] }} as authority
        from read_csv(
            {{ place }}, delim = ',', quote = '"', escape = '"', header = true, auto_detect = false,
            columns = {
                {%- for at in range(names | length) %}'c{{ at }}': 'varchar'{{ ', ' if not loop.last }}{% endfor -%}
            },
            store_rejects = true, rejects_table = 'unread_postcodes', rejects_limit = 1
        )
    )
{%- endmacro %}

{#- Stops dbt once the model is built, and so undone, if a line of the directory could not be read: what
    DuckDB itself would say of it quotes the line and tells nobody whose file it is. -#}
{% macro refuse_unread_postcodes() -%}
    {%- if execute and env_var('FOI_POSTCODES', '') != '' -%}
        {%- for line, kind in run_query('select line, error_type from unread_postcodes limit 1').rows -%}
            {%- set found = {
                'INVALID ENCODING': 'a byte that is not UTF-8',
                'MISSING COLUMNS': 'fewer values than its first line has columns',
                'TOO MANY COLUMNS': 'more values than its first line has columns',
            }.get(kind, 'a quotation mark or a length that no line of values has') -%}
            {%- do stop_with(
                'FOI_POSTCODES names ' ~ env_var('FOI_POSTCODES') ~ ', whose line ' ~ line ~ ' has ' ~ found
                ~ ': save it as "CSV UTF-8 (comma delimited)", or take the file from its publisher again.'
            ) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{#- A postcode without blanks, in capitals. -#}
{% macro postcode_of(column) -%}
    upper(replace(replace({{ trim_white_space(column, "''") }}, ' ', ''), '-', ''))
{%- endmacro %}
