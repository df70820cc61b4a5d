-- The models: what names a row of each, and the identities that its figures satisfy.

{{ sound_tables({
    'stg_rules__published_statistics': {
        'holds': [
            "(published is not null) = (published_status = 'published')",
        ],
    },
    'int_council_years': {'key': 'folder, collection_year'},
    'int_definitions': {'periods_of': 'la_code', 'is_for_all_time': true},
    'int_extract_years': {'key': 'folder, collection_year'},
    'int_module_children': {'key': 'raw_table, collection_year, child_id'},
    'int_child_matches': {'key': 'child_id'},
    'int_module_losses': {'key': 'raw_table, collection_year, folder, part'},
    'int_return_years': {'key': 'collection_year'},
    'int_module_sources': {'key': 'module'},
    'int_case_placements_of_episodes': {'key': 'source_file, source_row'},
    'int_occasions': {'key': 'occasion_id'},
    'int_care_episodes': {'key': 'child_id, started_on'},
    'int_children': {'key': 'child_id'},
    'int_uasc_status': {'key': 'collection_year, child_id'},
    'int_occasions_in_care': {'key': 'child_id, started_on'},
    'int_occasion_interviews': {'key': 'child_id, started_on, occasion_number'},
    'int_councils': {'key': 'la_code'},
    'int_bands': {
        'key': 'breakdown, coalesce(member,cast(lowest as string))',
        'holds': ['categories is not null'],
    },
    'int_counted_as_published': {
        'key': 'collection_year, measure',
        'holds': [
            "(ours is null) = (modules_lacking <> '')",
        ],
    },
    'int_children_by_return': {'key': 'collection_year, child_id'},
    'int_care_by_return': {'key': 'collection_year, child_id, started_on'},
    'int_deadline_days': {'key': 'request_ref, day'},
    'dim_financial_years': {'key': 'financial_year'},
    'fct_missing_occasions': {
        'key': 'occasion_id',
        'holds': [
            "(outcome = 'counted') = (counts_as is not null)",
        ],
    },
    'foi_q1_missing_occasions': {
        'key': 'financial_year',
        'holds': [
            'occasions_missing + occasions_absent = occasions_missing_or_absent',
            'children_missing <= occasions_missing',
        ],
    },
    'foi_q2_harm_while_missing': {
        'key': 'financial_year, question_part',
        'holds': [
            'occasions_with_interview + occasions_without_interview = occasions_found',
            'occasions_with_outcome <= occasions_found',
        ],
    },
    'foi_q3_uasc_children': {
        'key': 'financial_year',
        'holds': [
            'uasc_children_at_31_march <= uasc_children_in_year',
            'uasc_children_in_year <= looked_after_in_year',
            'looked_after_at_31_march <= looked_after_in_year',
        ],
    },
    'foi_q4_uasc_missing_occasions': {
        'key': 'financial_year',
        'holds': [
            'occasions_missing + occasions_absent = occasions_missing_or_absent',
        ],
    },
    'foi_answers': {
        'key': 'request_ref, question_no, part, measure, population, breakdown, period, category',
        'holds': [
            "(value is null) = (coalesce(marker, '') in ('[x]', '[z]'))",
        ],
    },
    'dim_working_days': {'key': 'day'},
    'foi_deadlines': {
        'key': 'request_ref',
        'holds': [
            '(due_on_alternative is null) = (due_on_alternative_reason is null)',
            'earliest_due_on < extended_due_on',
            'earliest_due_on = least(due_on, coalesce(due_on_alternative, due_on))',
        ],
    },
    'dq_rejected_rows': {
        'key': 'raw_table, source_file, source_row',
        'holds': [
            'reason is not null',
            '(raw_table, source_file, source_row, rule_code) in ('
            ~ 'select raw_table, source_file, source_row, rule_code from ' ~ ref('dq_findings')
            ~ " where severity = 'rejected')",
        ],
    },
    'dq_findings': {
        'key': 'rule_code, raw_table, source_file, source_row',
        'holds': [
            "coalesce(severity, '') in ('rejected', 'warning')",
            "severity <> 'rejected' or effect = 'rejected'",
            "coalesce(effect, '') in ('rejected', 'repeated', 'left_out', 'counted', 'not_available')",
            'finding is not null',
        ],
    },
    'dq_finding_counts': {'key': 'rule_code, raw_table, collection_year, effect, is_accepted'},
    'dq_row_outcomes': {'key': 'raw_table, source_file, source_row'},
    'dq_source_comparison': {
        'key': 'financial_year, recorded_status',
        'holds': [
            'occasions_in_returns = occasions_in_both + occasions_only_in_returns',
            'occasions_in_extract = occasions_in_both + occasions_only_in_extract',
        ],
    },
    'dq_finding_summary': {
        'key': 'grouped_by, group_value',
        'holds': [
            'findings >= rejected + repeated + left_out + counted',
            'findings >= accepted and findings >= of_this_rule and of_this_rule > 0',
        ],
    },
    'dq_row_accounting': {
        'key': 'raw_table, collection_year',
        'holds': [
            'rows_landed = rows_rejected + rows_repeated + rows_left_out + rows_counted',
        ],
    },
    'dq_published_comparison': {
        'key': 'financial_year, measure',
        'holds': [
            "comparison <> 'equal' or difference = 0",
            "comparison <> 'differs' or difference <> 0",
            "published_status in ('published', 'suppressed', 'not_published')",
            "comparison in ('equal', 'differs', 'suppressed there', 'not published', 'not available here')",
            'note is not null',
        ],
    },
}) }}
