{{ staged_rows(
    'ssd_cla_episodes',
    child='clae_person_id',
    ids={'system_id': 'clae_cla_episode_id', 'placement_id': 'clae_cla_placement_id'},
    codes={
        'reason_started_code': 'clae_cla_episode_start_reason',
        'reason_ceased_code': 'clae_cla_episode_ceased_reason',
    },
    dates=[
        {'column': 'clae_cla_episode_start_date', 'text': 'start_text', 'day': 'started_on'},
        {'column': 'clae_cla_episode_ceased_date', 'text': 'end_text', 'day': 'ended_on'},
    ],
) }}
