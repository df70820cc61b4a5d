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
    {%- set read = 'read_csv(' ~ place ~ ", delim = ',', quote = '\"', header = true, all_varchar = true)" -%}
    {%- set names = [] -%}
    {%- for row in run_query('describe select * from ' ~ read).rows -%}
        {%- do names.append(row[0]) -%}
    {%- endfor -%}
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
                name | lower == spelling
                or (spelling in ('lad', 'cty') and name | lower == spelling ~ (name | lower)[3:5] ~ 'cd')
            ) -%}
                {%- do found.update({column: '"' ~ name ~ '"'}) -%}
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
        from {{ read }}
    )
{%- endmacro %}

{#- A postcode without blanks, in capitals. -#}
{% macro postcode_of(column) -%}
    upper(replace(replace({{ trim_white_space(column, "''") }}, ' ', ''), '-', ''))
{%- endmacro %}
