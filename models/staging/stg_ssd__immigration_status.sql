{{ staged_rows(
    'ssd_immigration_status',
    child='immi_person_id',
    ids={'system_id': 'immi_immigration_status_id'},
    texts={'status_text': 'immi_immigration_status'},
    dates=[
        {
            'column': 'immi_immigration_status_start_date',
            'text': 'start_text',
            'day': 'status_began_on',
        },
        {
            'column': 'immi_immigration_status_end_date',
            'text': 'end_text',
            'day': 'status_ceased_on',
        },
    ],
) }}
