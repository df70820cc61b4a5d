-- The answers to every question of every request in the register.

select
    cast(request_ref as string) as request_ref,
    cast(question_no as string) as question_no,
    cast(part as string) as part,
    cast(period as string) as period,
    cast(period_order as int) as period_order,
    cast(period_start as date) as period_start,
    cast(period_end as date) as period_end,
    cast(population as string) as population,
    cast(breakdown as string) as breakdown,
    cast(category as string) as category,
    cast(category_label as string) as category_label,
    cast(category_order as int) as category_order,
    cast(measure as string) as measure,
    cast(measure_order as int) as measure_order,
    cast(value as double) as value,
    cast(unit as string) as unit,
    cast(marker as string) as marker,
    cast(note as string) as note
from {{ ref('int_answers') }}
order by
    request_ref,
    try_cast(question_no as int),
    question_no,
    part,
    measure_order,
    period_order,
    category_order
