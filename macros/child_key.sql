{#- The child as its council knows it, and behind the council's code where several are landed: children
    of different councils with one identifier never meet. -#}
{% macro child_key(child) -%}
    case
        when {{ child }} is not null then concat_ws('|', {{ council_of('source_file') }}, {{ child }})
    end
{%- endmacro %}
