{#- The rows of a register as a person or a spreadsheet saved it: UTF-8, UTF-16 or Windows-1252; commas,
    semicolons, tabs or vertical bars; any line end; blank rows, empty and further columns; columns in
    any order and spelt "Request Ref" too. What cannot be read for certain fails the statement with a
    sentence for each fault, all at once. The commands read a register by this macro too.

    DuckDB's read_csv cannot do it: it knows neither Windows-1252 nor which row has a value too many.

    file: the path. columns: those to give, all text, with source_row and columns_not_used beside them.
    needed: those of them that must be there. -#}
{% macro register_rows(file, columns, needed) %}
    {%- set escaped = file | replace("'", "''") -%}
    (
    with file_bytes as materialized (

        select content, hex(content) as digits
        from read_blob('{{ literal_pattern(file) }}')

    ),

    -- Null if it is no text at all.
    decoded as materialized (

        select
            case
                when starts_with(digits, 'FFFE') or starts_with(digits, 'FEFF')
                    then try({{ utf_16_text('digits') }})
                when digits = '' then ''
                else coalesce(
                    try(decode(content)),
                    case
                        when not starts_with(digits, 'EFBBBF')
                            then {{ windows_1252_text('digits') }}
                    end
                )
            end as text
        from file_bytes

    ),

    -- From the line of column names on.
    trimmed as materialized (

        select
            regexp_replace(
                regexp_replace(
                    ltrim(text, chr(65279)) || chr(10),
                    '^\s*"?sep=[^\r\n]*[\r\n]', '', 'i'
                ),
                '^(?:[\s,;|]|"")*[\r\n]',
                ''
            ) as text
        from decoded
        where not contains(text, chr(0))

    ),

    separated as materialized (

        select
            text,
            list_reverse_sort(
                list_transform(
                    [',', ';', '|', chr(9)],
                    lambda mark: {
                        'number': length(string_split(regexp_extract(text, '^[^\r\n]*'), mark)),
                        'mark': mark
                    }
                )
            )[1].mark as separator
        from trimmed

    ),

    tokens as (

        select
            separator,
            unnest(found) as token,
            generate_subscripts(found, 1) as place
        from (
            select
                separator,
                regexp_extract_all(
                    text,
                    '(?: *"(?:[^"]|"")*" *|[^' || separator || '\r\n]*)'
                    || '(?:\r\n|[' || separator || '\r\n])'
                ) as found
            from separated
        )

    ),

    placed as (

        select
            place,
            regexp_replace(token, '(?:\r\n|[' || separator || '\r\n])$', '') as written,
            coalesce(
                sum(cast(right(token, 1) in (chr(10), chr(13)) as int))
                    over (order by place rows between unbounded preceding and 1 preceding),
                0
            ) as source_row
        from tokens

    ),

    register_values as materialized (

        select
            cast(source_row as bigint) as source_row,
            row_number() over (partition by source_row order by place) as column_number,
            case
                when regexp_full_match(written, ' *"(?:[^"]|"")*" *')
                    then replace(regexp_extract(written, '^ *"(.*)" *$', 1, 's'), '""', '"')
                else written
            end as value,
            regexp_matches(written, '^ *"')
            and not regexp_full_match(written, ' *"(?:[^"]|"")*" *') as is_quotation_open,
            regexp_matches(written, '[\x{80}-\x{9f}]') as is_undecoded
        from placed

    ),

    header as materialized (

        select
            column_number,
            trim(
                regexp_replace(
                    lower(replace(value, chr(65279), '')), '[\s\x{a0}\x{200b}_-]+', '_', 'g'
                ),
                '_'
            ) as column_name
        from register_values
        where source_row = 0

    ),

    widths as (

        select coalesce(max(column_number), 0) as width
        from header
        where column_name <> ''

    ),

    rows_found as (

        select
            source_row,
            max(case when trim(value) <> '' then column_number end) as last_filled,
            max(column_number) as values_found,
            bool_or(is_quotation_open) as is_quotation_open,
            bool_or(is_undecoded) as is_undecoded
        from register_values
        where source_row > 0
        group by source_row
        having bool_or(trim(value) <> '')

    ),

    missing_columns as (

        select string_agg(column_name, ', ' order by place) as column_names
        from (
            select
                unnest({{ needed }}) as column_name,
                unnest(range({{ needed | length }})) as place
        )
        where column_name not in (select column_name from header)

    ),

    columns_twice as (

        select
            register_values.source_row,
            header.column_name
        from register_values
        inner join header on register_values.column_number = header.column_number
        where header.column_name in (select unnest({{ columns }})) and register_values.source_row > 0
        group by register_values.source_row, header.column_name
        having count(distinct trim(register_values.value)) > 1

    ),

    faults as (

        select
            0 as source_row,
            ' is no text in UTF-8, UTF-16 or Windows-1252' || {{ save_again() }} as fault
        from decoded
        where coalesce(contains(text, chr(0)), true)

        union all

        select
            0 as source_row,
            case
                when widths.width = 0 then ' is empty: its first line must name the columns '
                else
                    ', the line of column names: ' || missing_columns.column_names
                    || ' is not there. It must name '
            end || '{{ needed | join(', ') }}.' as fault
        from missing_columns
        cross join widths
        where
            missing_columns.column_names is not null
            and exists (select 1 from trimmed)

        union all

        select
            rows_found.source_row,
            ', row ' || rows_found.source_row || ' below the header: '
            || case
                when rows_found.is_quotation_open
                    then
                        'a quotation mark is opened and not closed, or text follows the closing one'
                        || '. Mend that row.'
                when rows_found.is_undecoded
                    then
                        'a character that is none in UTF-8 or Windows-1252' || {{ save_again() }}
                else
                    coalesce(
                        case
                            when rows_found.last_filled > widths.width
                                then rows_found.last_filled
                        end,
                        rows_found.values_found
                    )
                    || ' values where the header names ' || widths.width
                    || ' columns. Put a value that holds the separator into quotation marks, or '
                    || 'add the separator that was left out.'
            end as fault
        from rows_found
        cross join widths
        where
            widths.width > 0
            and (
                rows_found.is_quotation_open
                or rows_found.is_undecoded
                or rows_found.last_filled > widths.width
                or rows_found.values_found < widths.width
            )

        union all

        select
            source_row,
            ', row ' || source_row || ' below the header, column ' || column_name
            || ': the column stands there twice with different values. Delete or rename one.'
                as fault
        from columns_twice

    ),

    told as (

        select
            string_agg('{{ escaped }}' || fault, chr(10) order by source_row, fault)
                filter (where number <= 20)
            || case
                when count(*) > 20
                    then chr(10) || '… and ' || (count(*) - 20) || ' more: mend these first.'
                else ''
            end as sentences
        from (
            select *, row_number() over (order by source_row, fault) as number
            from faults
        )

    ),

    not_used as (

        select string_agg(distinct column_name, ', ' order by column_name) as column_names
        from header
        where column_name <> '' and column_name not in (select unnest({{ columns }}))

    ),

    register as (

        select
            {% for column in columns -%}
                max(
                    case when header.column_name = '{{ column }}' then register_values.value end
                ) as {{ column }},
            {% endfor -%}
            register_values.source_row
        from register_values
        inner join header on register_values.column_number = header.column_number
        where register_values.source_row in (select source_row from rows_found)
        group by register_values.source_row

    )

    select
        register.*,
        not_used.column_names as columns_not_used
    from register
    cross join not_used

    union all

    select
        {{ raised_values('sentences', columns) }},
        null as source_row,
        null as columns_not_used
    from told
    where sentences is not null
    order by source_row
    )
{% endmacro %}

{#- Fails the statement as soon as a value is looked at, where a condition might be left out if there is
    no row to hold it against. Without a type DuckDB takes the error for a null. -#}
{% macro raised_values(sentences, columns) -%}
    {%- for column in columns -%}
        cast({{ raise_sentence(sentences) }} as varchar) as {{ column }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- A path in a text of SQL, of which DuckDB is to take no character for a pattern. -#}
{% macro literal_pattern(file) -%}
    {{ file | replace("'", "''") | replace('[', '[[]') | replace('*', '[*]') | replace('?', '[?]') }}
{%- endmacro %}

{% macro save_again() -%}
    ': open it in the program it came from and save it as "CSV UTF-8 (comma delimited)".'
{%- endmacro %}

{#- Text from the hexadecimal digits of UTF-16, of whose two byte orders the first bytes tell. -#}
{% macro utf_16_text(digits) -%}
    list_aggregate(
        list_transform(
            regexp_extract_all(
                case
                    when starts_with({{ digits }}, 'FEFF')
                        then regexp_replace({{ digits }}, '(..)(..)', '\2\1', 'g')
                    else {{ digits }}
                end,
                '..D[89AB]..D[C-F]|....|.+'
            ),
            lambda unit: chr(
                case
                    when length(unit) = 8
                        then
                            65536
                            + (cast('0x' || unit[3:4] || unit[1:2] as int) - 55296) * 1024
                            + cast('0x' || unit[7:8] || unit[5:6] as int) - 56320
                    else cast('0x' || unit[3:4] || unit[1:2] as int)
                end
            )
        ),
        'string_agg',
        ''
    )
{%- endmacro %}

{#- Text from the hexadecimal digits of Windows-1252: Latin-1 but for 27 characters. -#}
{% macro windows_1252_text(digits) -%}
    translate(
        list_aggregate(
            list_transform(
                regexp_extract_all({{ digits }}, '..'), lambda unit: chr(cast('0x' || unit as int))
            ),
            'string_agg',
            ''
        ),
        list_aggregate(
            list_transform(
                list_filter(range(128, 160), lambda code: code not in (129, 141, 143, 144, 157)),
                lambda code: chr(cast(code as int))
            ),
            'string_agg',
            ''
        ),
        '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ'
    )
{%- endmacro %}
