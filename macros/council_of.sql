{#- The code of the council whose folder a file was landed from; null where one council is landed alone. -#}
{% macro council_of(source_file) -%}
    case
        -- Most files lie in no folder of a council.
        when substring({{ source_file }}, 4, 1) = '/'
            then nullif(regexp_extract({{ source_file }}, '^([0-9]{3})/', 1), '')
    end
{%- endmacro %}
