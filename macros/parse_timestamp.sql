{#- The time of day beside a date; null if there is only a date, or the time cannot be read. -#}
{% macro parse_timestamp(column) %}
    {{- adapter.dispatch('parse_timestamp', 'missing_from_care')(column) -}}
{% endmacro %}

{% macro duckdb__parse_timestamp(column) -%}
    case
        when
            regexp_matches(
                trim({{ column }}),
                '^(\d{1,2}/\d{1,2}/\d{4}|\d{4}-\d{2}-\d{2})[ T]\d{1,2}:\d{2}(:\d{2}([.]\d+)?)?$'
            )
            then try_strptime(
                replace(regexp_replace(trim({{ column }}), '[.]\d+$', ''), 'T', ' '),
                ['%d/%m/%Y %H:%M:%S', '%d/%m/%Y %H:%M', '%Y-%m-%d %H:%M:%S', '%Y-%m-%d %H:%M']
            )
    end
{%- endmacro %}

{% macro spark__parse_timestamp(column) -%}
    case
        when
            regexp_like(
                trim({{ column }}),
                '(?s)^([0-9]{1,2}/[0-9]{1,2}/[0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2})[ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?(?!.)'
            )
            then try_cast(
                regexp_replace(
                    regexp_replace(trim({{ column }}), '[.][0-9]+$', ''),
                    '^([0-9]+)/([0-9]+)/([0-9]{4})',
                    '$3-$2-$1'
                ) as timestamp
            )
    end
{%- endmacro %}
