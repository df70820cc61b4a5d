-- The rule seeds, on which every figure rests. `rows` is how many rows a seed is known to have:
-- whoever adds or removes one on purpose changes it, so that none comes or goes unseen.

{{ sound_tables({
    'authority': {
        'key': 'setting', 'rows': 14,
        'holds': [
            "setting <> 'occasions_for_analysts' or value = 'no'"
            ~ " or (value = 'yes' and authority not like 'Nobody has decided%')",
            "setting <> 'holds_from' or value like '?%' or try_cast(value as date) is not null",
            "try_cast(coalesce(review_on, '2000-01-01') as date) is not null",
        ],
    },
    'bank_holidays': {
        'key': 'holiday_date, name', 'rows': 307,
        'holds': [
            'try_cast(trim(holiday_date) as date) is not null',
            "'true' in (england_and_wales, scotland, northern_ireland)",
            "is_confirmed in ('true', 'false')",
            "is_substitute in ('true', 'false')",
            'source is not null',
            'retrieved_on is not null',
        ],
    },
    'councils': {
        'key': 'la_code', 'rows': 158,
        'holds': [
            'region is not null and country is not null',
        ],
    },
    'deadline_doubts': {'key': 'doubt', 'rows': 3},
    'definition_by_year': {
        'rows': 5, 'periods_of': 'la_code', 'is_for_all_time': true,
        'holds': ['la_code is not null'],
    },
    'definitions': {
        'key': 'definition_id', 'rows': 3,
        'holds': [
            "missing_counts_as in ('missing', 'absent')",
            "absent_counts_as in ('missing', 'absent')",
        ],
    },
    'ethnic_groups': {'key': 'ethnic_code', 'rows': 20},
    'harm_outcomes': {'key': 'question_part', 'rows': 4},
    'immigration_status_words': {
        'key': 'words', 'rows': 6,
        'holds': [
            "coalesce(is_uasc, '') in ('true', 'false', 'unknown')",
        ],
    },
    'interview_outcomes': {
        'key': 'interview_outcome', 'rows': 4,
        'holds': [
            "coalesce(is_offered, '') in ('true', 'false')",
            "coalesce(is_completed, '') in ('true', 'false')",
            "coalesce(is_declined, '') in ('true', 'false')",
        ],
    },
    'interview_words': {'key': 'breakdown, words', 'rows': 47, 'holds': ['words = upper(words)']},
    'legal_statuses': {
        'key': 'legal_status_code', 'rows': 13,
        'holds': [
            "coalesce(is_short_break, '') in ('true', 'false')",
        ],
    },
    'legal_status_words': {'key': 'words', 'rows': 61, 'holds': ['authority is not null']},
    'placement_types': {
        'key': 'placement_code', 'rows': 34,
        'holds': [
            'placement_type is not null',
            "valid_from_year like '____-__'",
            "valid_to_year like '____-__'",
            'valid_from_year <= valid_to_year',
        ],
    },
    'published_measures': {'key': 'measure', 'rows': 12, 'holds': ['counted_how is not null']},
    'published_statistics': {
        'key': 'area_code, financial_year, measure', 'rows': 216,
        'holds': [
            "status in ('published', 'suppressed')",
            "(status = 'suppressed') = (value in ('x', 'c'))",
            "status = 'suppressed' or try_cast(value as bigint) is not null",
        ],
    },
    'published_tables': {'key': 'table_name', 'rows': 19},
    'reasons_ceased': {'key': 'reason_ceased_code', 'rows': 4},
    'sexes': {'key': 'sex_code', 'rows': 5},
    'status_spellings': {
        'key': 'spelling', 'rows': 18,
        'holds': [
            "coalesce(recorded_status, '') in ('M', 'A')",
        ],
    },
    'thresholds': {
        'key': 'threshold', 'rows': 22,
        'holds': [
            'unit is not null and value is not null',
            "unit = 'code' or unit = 'date' or try_cast(value as int) is not null",
            "unit <> 'date' or try_cast(value as date) is not null",
        ],
    },
    'validation_rules': {
        'key': 'rule_code', 'rows': 88,
        'holds': [
            "severity in ('rejected', 'warning')",
        ],
    },
    'blank_words': {
        'key': 'kind, word', 'rows': 56,
        'holds': [
            "kind in ('word', 'date')",
            "kind = 'word' or try_cast(word as date) is not null",
            'word = lower(word)',
        ],
    },
    'yes_no_flags': {
        'key': 'flag', 'rows': 8,
        'holds': [
            "coalesce(is_yes, '') in ('true', 'false')",
        ],
    },
    'unused_return_modules': {'key': 'module', 'rows': 8},
    'letter_texts': {
        'rows': 59, 'periods_of': 'letter_text', 'is_for_all_time': true,
        'holds': ['letter_text is not null', 'wording is not null'],
    },
    'cost_limits': {
        'rows': 1, 'periods_of': "'limit'", 'is_for_all_time': true,
        'holds': [
            'coalesce(try_cast(limit_pounds as double), 0) > 0',
            'coalesce(try_cast(pounds_an_hour as double), 0) > 0',
            "try_cast(coalesce(review_on, '2000-01-01') as date) is not null",
        ],
    },
    'sign_off_items': {'key': 'item_order', 'rows': 7, 'holds': ["kind in ('by_hand', 'role')"]},
    'measures': {'key': 'measure', 'rows': 26},
    'breakdowns': {'key': 'breakdown', 'rows': 29},
    'protected_differences': {
        'key': 'factor', 'rows': 30,
        'holds': [
            "is_protected in ('true', 'false')",
        ],
    },
    'unlikely_categories': {'key': 'category', 'rows': 3},
    'derived_measures': {'key': 'measure', 'rows': 3},
    'suppression_policy': {
        'key': 'applies_to, valid_from', 'rows': 13, 'periods_of': 'applies_to',
        'holds': [
            'coalesce(cast(lowest_withheld as int) >= 1 and cast(highest_withheld as int) >= cast(lowest_withheld as int) and cast(range_width as int) between 1 and cast(highest_withheld as int) - cast(lowest_withheld as int), lowest_withheld is null and highest_withheld is null and range_width is null)',
            "coalesce(small_as, '') in ('range', 'marker')",
            "case when lowest_withheld is null then cover_as is null else coalesce(cover_as, '') in ('range', 'marker') end",
            'legal_basis is not null',
            'decided_by is not null',
        ],
    },
    'categories': {
        'key': 'breakdown, category', 'rows': 141,
        'holds': [
            'try_cast(category_order as int) is not null',
            'cast(lowest as int) <= cast(highest as int)',
        ],
    },
    'period_bases': {'key': 'period_basis', 'rows': 8},
    'notes': {'key': 'note', 'rows': 12},
    'refusal': {
        'rows': 11, 'periods_of': 'sentence', 'is_for_all_time': true,
        'holds': [
            'sentence is not null',
            "coalesce(said_of, '') in ('withheld', 'range', 'several')",
            'wording is not null',
            'authority is not null',
        ],
    },
}) }}
