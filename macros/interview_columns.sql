{#- The columns that a file of return interviews may have besides, each a breakdown of that name: a new one
    is a word here, a row of `breakdowns`, its `categories`, and a column of the raw table and the facts. -#}
{% macro interview_columns() %}
    {{- return([
    'interview_provider', 'police_notified', 'trafficking_concern', 'exploitation_concern',
    'risk_grade', 'found_by'
    ]) -}}
{% endmacro %}
