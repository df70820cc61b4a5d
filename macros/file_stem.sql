{#- What the folder of a request's pack is called, and what its files begin with: the letters and digits
    of the reference, in lower case, with one - for all that stands between. The only place of this
    rule: Python reads it here. -#}
{% macro file_stem(reference) -%}
    replace(lower({{ plain_words(reference) }}), ' ', '-')
{%- endmacro %}
