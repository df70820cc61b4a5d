{%- set codes = {
    'interview_outcome': 'outcome',
    'was_hurt': 'harmed',
    'was_sexually_harmed': 'sexual_harm',
    'was_in_drug_sale': 'drug_sale',
    'was_in_crime': 'crime',
} -%}
{%- for column in interview_columns() -%}
    {%- do codes.update({column: column}) -%}
{%- endfor -%}
{{ staged_rows(
    'return_interviews',
    child='child',
    texts={'interview_id': 'interview_id', 'occasion_text': 'occasion'},
    codes=codes,
    dates=[
        {'column': 'mis_start', 'text': 'start_text', 'day': 'started_on'},
        {'column': 'offered_date', 'text': 'offered_text', 'day': 'offered_on'},
        {'column': 'interview_date', 'text': 'interview_text', 'day': 'interviewed_on'},
    ],
) }}
