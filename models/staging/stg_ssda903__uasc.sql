{{ staged_rows(
    'ssda903_uasc',
    child='child',
    numeric_codes={'sex_code': 'sex', 'uasc_flag': 'uasc_flag'},
    dates=[
        {'column': 'dob', 'text': 'birth_text', 'day': 'birth_date', 'until': 'last_year'},
        {'column': 'duc', 'text': 'status_ceased_text', 'day': 'status_ceased_on'},
    ],
) }}
