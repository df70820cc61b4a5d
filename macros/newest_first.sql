{#- Rule 21: of the rows of several case-management extracts that are one row, the right one first: of the
    extract that was taken last, then the later row. The file's name only settles what nothing else does. -#}
{% macro newest_first(rows='') -%}
    {%- set of = rows ~ '.' if rows else '' -%}
    {{ of }}taken_on desc nulls last, {{ of }}source_row desc, {{ of }}source_file desc
{%- endmacro %}

{#- Rule 21: whether an accepted row stands again in an extract that was taken later; `keys` tell one row. -#}
{% macro is_repeated_later(keys) -%}
    reject_code is null
    and rank() over (
        partition by {{ keys | join(', ') }}, case when reject_code is null then 1 else 0 end
        order by taken_on desc nulls last
    ) > 1
{%- endmacro %}
