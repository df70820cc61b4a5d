{#- Every measure as an expression over one row a child. A new one is a line here and a row of the seed
    `measures`, which documents it. -#}
{% macro answer_measures() %}
    {{- return({
    'occasions_missing': 'sum(missing)',
    'occasions_absent': 'sum(absent)',
    'occasions_missing_or_absent': 'sum(missing + absent)',
    'children_missing': 'count(case when missing > 0 then 1 end)',
    'children_absent': 'count(case when absent > 0 then 1 end)',
    'children_missing_or_absent': 'count(case when missing + absent > 0 then 1 end)',
    'children_missing_more_than_once': 'count(case when missing > 1 then 1 end)',
    'occasions_found': 'sum(found)',
    'occasions_still_missing': 'sum(still_missing)',
    'occasions_hurt': 'sum(hurt)',
    'occasions_sexually_harmed': 'sum(sexually_harmed)',
    'occasions_drug_sale': 'sum(drug_sale)',
    'occasions_crime': 'sum(crime)',
    'occasions_any_harm': 'sum(any_harm)',
    'occasions_with_interview': 'sum(interviewed)',
    'occasions_without_interview': 'sum(found - interviewed)',
    'occasions_interview_offered': 'sum(offered)',
    'occasions_interview_declined': 'sum(declined)',
    'occasions_interviewed_within_72_hours': 'sum(in_time)',
    'longest_duration_days': 'max(longest)',
    'children_looked_after': 'sum(in_care)',
    'children_looked_after_at_end': 'sum(in_care_at_end)',
    'uasc_children': 'sum(uasc_in_care)',
    'uasc_children_at_end': 'sum(uasc_at_end)',
    'percent_of_looked_after_children_missing':
        'round(100.0 * count(case when missing > 0 then 1 end) / nullif(sum(in_care), 0), 1)',
    'occasions_per_child_missing':
        'round(1.0 * sum(missing) / nullif(count(case when missing > 0 then 1 end), 0), 1)',
    }) -}}
{% endmacro %}
