{#- A text without white space of any kind around it, no-break and zero-width too; blank is null. -#}
{% macro clean_text(column) -%}
    nullif({{ trim_white_space(column) }}, '')
{%- endmacro %}

{#- Without white space, and any of `more` characters, at both ends. -#}
{% macro trim_white_space(column, more=none) %}
    {{- adapter.dispatch('trim_white_space', 'missing_from_care')(column, more) -}}
{% endmacro %}

{#- Most values have nothing around them, and to see that costs a third of looking for 40 characters. -#}
{% macro duckdb__trim_white_space(column, more) -%}
    case
        when {{ matches(column, "'^[0-9A-Za-z](.*[0-9A-Za-z])?$'") }} then {{ column }}
        else trim({{ column }}, '{{ white_space() }}{{ more or "" }}')
    end
{%- endmacro %}

{% macro spark__trim_white_space(column, more) -%}
    trim(both '{{ white_space() }}{{ more or "" }}' from {{ column }})
{%- endmacro %}

{#- Unicode's white space, and what takes no width: the engines' own trim knows the space alone. -#}
{% macro white_space() -%}
    {{- ' \t\n\x0b\x0c\r\x1c\x1d\x1e\x1f\x85\xa0\xad\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007'
        ~ '\u2008\u2009\u200a\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202f\u205f\u2060\u3000\ufeff' -}}
{%- endmacro %}
