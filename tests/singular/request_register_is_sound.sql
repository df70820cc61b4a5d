-- A deadline worked out from a wrong row would be worse than none; all of them are told at once.
with sentences as (

    select
        concat(
            '{{ register_file("foi_requests") }}',
            coalesce(', ' || source_rows || ' below the header', ''),
            ', request ',
            coalesce(request_ref, 'without a reference'),
            ', column ',
            column_name,
            ' ',
            problem,
            '.'
        ) as sentence
    from {{ ref('dq_request_register') }}

),

together as (

    select {{ joined_words('sentence', 'sentence', 'chr(10)') }} as sentences
    from sentences

)

select sentences
from together
where case when sentences is not null then {{ raise_sentence('sentences') }} end is not null
