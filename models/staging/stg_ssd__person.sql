{{ staged_rows(
    'ssd_person',
    child='pers_person_id',
    codes={'ethnic_code': 'pers_ethnicity'},
    numeric_codes={'sex_code': 'pers_sex'},
    dates=[
        {'column': 'pers_dob', 'text': 'birth_text', 'day': 'birth_date', 'until': 'last_year'},
    ],
) }}
