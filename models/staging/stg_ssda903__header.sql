{{ staged_rows(
    'ssda903_header',
    child='child',
    codes={'ethnic_code': 'ethnic'},
    numeric_codes={'sex_code': 'sex'},
    dates=[
        {'column': 'dob', 'text': 'birth_text', 'day': 'birth_date', 'until': 'last_year'},
    ],
) }}
