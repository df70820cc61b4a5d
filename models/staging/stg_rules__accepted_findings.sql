with accepted_findings as (select * from {{ ref('accepted_findings') }}),

final as (

    select
        {{ clean_text('rule_code') }} as rule_code,
        {{ clean_text('source_file') }} as source_file,
        {{ clean_text('child_id') }} as child_id,
        {{ clean_text('reason') }} as reason,
        {{ clean_text('accepted_by') }} as accepted_by,
        {{ clean_text('accepted_until') }} as accepted_until_text,
        {{ parse_date('accepted_until') }} as accepted_until
    from accepted_findings

)

select * from final
