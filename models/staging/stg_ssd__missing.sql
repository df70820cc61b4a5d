{{ staged_rows(
    'ssd_missing',
    child='miss_person_id',
    ids={'system_id': 'miss_table_id'},
    codes={
        'status_text': 'miss_missing_episode_type',
        'interview_offered': 'miss_missing_rhi_offered',
        'interview_accepted': 'miss_missing_rhi_accepted',
    },
    dates=[
        {
            'column': 'miss_missing_episode_start_date',
            'text': 'start_text',
            'day': 'started_on',
            'time': 'started_at',
        },
        {
            'column': 'miss_missing_episode_end_date',
            'text': 'end_text',
            'day': 'ended_on',
            'time': 'ended_at',
        },
    ],
) }}
