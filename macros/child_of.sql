{#- Rule 17: the child as its council knows it, without a trailing .0; a number in scientific notation
    has lost its digits and is no child. The council's code stands before it where several are landed:
    children of different councils with one identifier never meet. -#}
{% macro child_of(column, source_file='source_file') -%}
    {%- set text = source_text(column) -%}
    case
        when {{ text }} is null then null
        when {{ matches(text, "'^[0-9]+([.,][0-9]+)?[eE][+-]?[0-9]+$'") }} then null
        else
            concat_ws('|', {{ council_of(source_file) }}, regexp_replace({{ text }}, '[.]0+$', ''))
    end
{%- endmacro %}
