{% macro parse_date(column) %}
    {{- adapter.dispatch('parse_date', 'missing_from_care')(column) -}}
{% endmacro %}

{#- try_strptime alone would read 01/04/17 as the year 17. -#}
{% macro duckdb__parse_date(column) -%}
    cast(
        coalesce(
            {%- for written, form in {
                '\\d{1,2}/\\d{1,2}/\\d{4}': '%d/%m/%Y', '\\d{4}-\\d{2}-\\d{2}': '%Y-%m-%d'
            }.items() %}
                try_strptime(
                    regexp_extract(trim({{ column }}), '^({{ written }})([ T][0-9:.]+)?$', 1),
                    '{{ form }}'
                )
                {{- ',' if not loop.last }}
            {%- endfor %}
        )
        as date
    )
{%- endmacro %}

{#- No backslash in a pattern, since Spark takes it for its own, and (?!.) for the end, since Java's $
    stands before a last line break too. -#}
{% macro spark__parse_date(column) -%}
    case
        when
            regexp_like(
                trim({{ column }}),
                '(?s)^[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}([ T][0-9:.]+)?(?!.)'
            )
            then try_cast(
                regexp_replace(
                    trim({{ column }}), '(?s)^([0-9]+)/([0-9]+)/([0-9]{4}).*', '$3-$2-$1'
                ) as date
            )
        when regexp_like(trim({{ column }}), '(?s)^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9:.]+)?(?!.)')
            then try_cast(left(trim({{ column }}), 10) as date)
    end
{%- endmacro %}
