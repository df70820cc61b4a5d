{{ staged_rows(
    'ssda903_missing',
    child='child',
    codes={'status_text': 'missing'},
    dates=[
        {'column': 'dob', 'text': 'birth_text', 'day': 'birth_date', 'until': 'last_year'},
        {'column': 'mis_start', 'text': 'start_text', 'day': 'started_on'},
        {'column': 'mis_end', 'text': 'end_text', 'day': 'ended_on'},
    ],
) }}
