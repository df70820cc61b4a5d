{{ staged_rows(
    'ssda903_episodes',
    child='child',
    codes={
        'reason_started_code': 'rne',
        'reason_ceased_code': 'rec',
        'legal_status_code': 'ls',
        'placement_code': 'place',
    },
    dates=[
        {'column': 'decom', 'text': 'start_text', 'day': 'started_on'},
        {'column': 'dec', 'text': 'end_text', 'day': 'ended_on'},
    ],
) }}
