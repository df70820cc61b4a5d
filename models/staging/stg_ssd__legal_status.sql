{{ staged_rows(
    'ssd_legal_status',
    child='lega_person_id',
    ids={'system_id': 'lega_legal_status_id'},
    texts={'status_text': 'lega_legal_status'},
    dates=[
        {'column': 'lega_legal_status_start_date', 'text': 'start_text', 'day': 'started_on'},
        {'column': 'lega_legal_status_end_date', 'text': 'end_text', 'day': 'ended_on'},
    ],
) }}
