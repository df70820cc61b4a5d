-- A deadline or an answer worked out from a wrong row of the register would be worse than none; all
-- faults are told at once, before any return is read.

with sentences as (

    select
        '' as sort_key,
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

    union all

    select
        lpad(cast(source_row as string), 9, '0') as sort_key,
        sentence
    from {{ ref('int_question_faults') }}

),

together as (

    select {{ joined_words('sentence', 'concat(sort_key, sentence)', 'chr(10)') }} as sentences
    from sentences

)

select sentences
from together
where case when sentences is not null then {{ raise_sentence('sentences') }} end is not null
