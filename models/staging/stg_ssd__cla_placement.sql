{{ staged_rows(
    'ssd_cla_placement',
    child='clap_person_id',
    ids={'placement_id': 'clap_cla_placement_id'},
    texts={'type_text': 'clap_cla_placement_type', 'distance_text': 'clap_cla_placement_distance'},
    dates=[
        {'column': 'clap_cla_placement_start_date', 'text': 'start_text', 'day': 'started_on'},
        {'column': 'clap_cla_placement_end_date', 'text': 'end_text', 'day': 'ended_on'},
    ],
) }}
