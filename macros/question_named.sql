{#- How a sentence names a question of the register. -#}
{% macro question_named(questions) -%}
    concat(
        'Request ',
        coalesce({{ questions }}.request_ref, '(blank)'),
        ', question ',
        coalesce({{ questions }}.question_no, '(blank)'),
        case when {{ questions }}.part = '' then '' else concat(' part ', {{ questions }}.part) end,
        ': '
    )
{%- endmacro %}
