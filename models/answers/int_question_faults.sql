-- The questions that cannot be read, each with one sentence of all that is wrong with it: it lists
-- the right words and names the nearest. No return is read for it.

{% set in_order = "right(concat('000', cast(category_order as string)), 3)" -%}

with questions as (

    select
        *,
        row_number() over (
            order by
                source_row asc nulls last,
                request_ref asc nulls first,
                question_no asc nulls first,
                part asc,
                measure asc nulls first
        ) as question_id
    from {{ ref('stg_foi_request_questions') }}

),

measures as (select * from {{ ref('measures') }}),

period_bases as (select * from {{ ref('period_bases') }}),

categories as (select * from {{ ref('int_categories') }}),

breakdowns as (select * from {{ ref('breakdowns') }}),

breakdowns_to_ask_for as (

    select breakdown
    from breakdowns
    where breakdown <> 'none'

),

months_and_quarters as (

    select
        period_basis,
        example
    from period_bases
    where period_basis in ('month', 'quarter')

),

-- A population's conditions, one row for each category that they name.
conditions as (

    select
        questions.question_id,
        population_conditions.condition,
        population_conditions.breakdown,
        population_conditions.category,
        -- Of a day, how long it had lasted is a stretch of time too: from one day on, to another.
        population_conditions.breakdown in ('month', 'quarter')
        or (
            population_conditions.breakdown = 'duration_band'
            and questions.period_basis = 'snapshot'
        ) as is_of_time
    from questions
    inner join {{ ref('int_population_conditions') }} as population_conditions
        on questions.population = population_conditions.population

),

words_used as (

    {% for column in ['measure', 'breakdown', 'period_basis'] -%}
        select
            question_id,
            '{{ column }}' as list_name,
            '{{ column | replace("_", " ") }}' as what,
            coalesce({{ column }}, '') as word
        from questions

        union all

    {% endfor -%}
    select
        conditions.question_id,
        case
            when {{ matches('conditions.condition', "'^[a-z_]+:.+$'") }}
                then coalesce(known.breakdown, 'breakdown')
            else concat('population', coalesce(' of ' || known.breakdown, ''))
        end as list_name,
        'population' as what,
        case
            when not {{ matches('conditions.condition', "'^[a-z_]+:.+$'") }}
                then conditions.condition
            when known.breakdown is null then conditions.breakdown
            else conditions.category
        end as word
    from conditions
    left join breakdowns_to_ask_for as known
        on conditions.breakdown = known.breakdown
    where
        not (
            coalesce(known.breakdown, '') in ('month', 'quarter')
            and {{ matches(
                "concat(conditions.breakdown, ':', conditions.category)",
                "'^(month:[0-9]{4}-[01][0-9]|quarter:[0-9]{4}/[0-9]{2}q[1-4])$'"
            ) }}
        )

),

words_allowed as (

    {% for source, list_name, word, sort_key in [
        ('measures', "'measure'", 'measure', 'measure'),
        ('breakdowns', "'breakdown'", 'breakdown', 'breakdown'),
        ('period_bases', "'period_basis'", 'period_basis', 'period_basis'),
        ('categories', 'breakdown', 'category', in_order),
        (
            'months_and_quarters', 'period_basis',
            "concat(period_basis, 's as in ', example)", 'example'
        ),
        ('breakdowns_to_ask_for', "'population'", "concat(breakdown, ':…')", 'breakdown'),
        (
            'categories', "concat('population of ', breakdown)",
            "concat(breakdown, ':', category)", in_order
        ),
        (
            'months_and_quarters', "concat('population of ', period_basis)",
            "concat(period_basis, ':', example)", 'example'
        ),
    ] -%}
        select
            {{ list_name }} as list_name,
            {{ word }} as word,
            {{ sort_key }} as sort_key
        from {{ source }}
        {{ 'union all' if not loop.last }}

    {% endfor %}
),

wrong_words as (

    select distinct words_used.*
    from words_used
    left join words_allowed
        on
            words_used.list_name = words_allowed.list_name
            and words_used.word = words_allowed.word
    where words_allowed.word is null

),

word_sentences as (

    select
        wrong_words.question_id,
        concat(
            'the ',
            wrong_words.what,
            case
                when wrong_words.word = '' then ' is blank'
                else concat(' "', wrong_words.word, '" is not known')
            end,
            -- A word with more letters wrong than right is no slip of the keyboard.
            coalesce(
                '; did you mean "'
                || min_by(
                    words_allowed.word,
                    levenshtein(wrong_words.word, words_allowed.word)
                ) filter (
                    where
                    2 * levenshtein(wrong_words.word, words_allowed.word)
                    <= length(wrong_words.word)
                )
                || '"?',
                '.'
            ),
            ' Right are: ',
            {{ joined_words('words_allowed.word', 'words_allowed.sort_key') }},
            '.'
        ) as problem
    from wrong_words
    inner join words_allowed on wrong_words.list_name = words_allowed.list_name
    group by
        wrong_words.question_id,
        wrong_words.what,
        wrong_words.word,
        wrong_words.list_name

),

-- Two conditions on one breakdown hold for nothing, but of categories that overlap more is meant.
overlapping_conditions as (

    select distinct
        conditions.question_id,
        conditions.condition,
        others.condition as other
    from conditions
    inner join conditions as others
        on
            conditions.question_id = others.question_id
            and conditions.condition < others.condition
    inner join {{ ref('int_bands') }} as bands
        on
            conditions.breakdown = bands.breakdown
            and others.breakdown = bands.breakdown
            and array_contains({{ split_conditions('bands.categories') }}, conditions.category)
            and array_contains({{ split_conditions('bands.categories') }}, others.category)

),

stretches_joined as (

    select
        question_id,
        condition
    from conditions
    where is_of_time
    group by question_id, condition
    having count(*) > 1

),

periods_read as (

    select distinct
        period_basis,
        first_period,
        last_period,
        true as is_read
    from {{ ref('int_question_periods') }}

),

requests as (

    select distinct
        request_ref,
        true as is_registered
    from {{ ref('stg_foi_requests') }}

),

breakdowns_named as (

    select
        question_id,
        bool_or(breakdown in ('month', 'quarter')) as has_time,
        bool_or(breakdown = 'missing_before') as has_before
    from (
        select
            question_id,
            breakdown
        from conditions
        union all
        select
            question_id,
            breakdown
        from questions
    ) as named
    group by question_id

),

-- Answers are told apart by these columns; its periods can all be asked for in one row.
equal_questions as (

    select
        *,
        row_number() over (
            partition by request_ref, question_no, part, measure, population, breakdown
            order by question_id
        ) as place_among_equals,
        min(source_row) over (
            partition by request_ref, question_no, part, measure, population, breakdown
        ) as first_row
    from questions

),

questions_judged as (

    select
        equal_questions.*,
        breakdowns_named.has_time,
        breakdowns_named.has_before,
        period_bases.example,
        period_bases.period_basis is null or periods_read.is_read is not null as is_period_read,
        requests.is_registered is not null as is_registered
    from equal_questions
    inner join breakdowns_named using (question_id)
    left join period_bases using (period_basis)
    left join periods_read using (period_basis, first_period, last_period)
    left join requests using (request_ref)

),

-- What is going on on a day began in any month before it: no row of that day's month holds it.
problems as (

    {% for source, condition, problem in [
        (
            'questions_judged', 'not is_registered',
            "'its request is not in foi_requests.csv: add a row for it there.'"
        ),
        ('word_sentences', 'true', 'problem'),
        (
            'questions_judged', 'not is_period_read',
            "concat('the periods \"', coalesce(first_period, ''), '\" to \"', "
            ~ "coalesce(last_period, ''), '\" are not read as ', period_basis, '. Write them like \"', "
            ~ "example, '\", the first before the last; a day is written 2018-03-31.')"
        ),
        (
            'questions_judged', "period_basis = 'snapshot' and has_before",
            "'a snapshot of a day has no missing_before: what goes on on a day began before it. Ask "
            ~ "for the period in which the occasions started.'"
        ),
        (
            'questions_judged', "period_basis = 'snapshot' and has_time",
            "'a snapshot of a day has no months or quarters. Ask for the breakdown duration_band, "
            ~ "which says how long each occasion had lasted by then, or for a period of months or "
            ~ "quarters.'"
        ),
        (
            'overlapping_conditions', 'true',
            "concat('the population names \"', condition, '\" and \"', other, '\", which overlap. Name "
            ~ "one of them, join them as in age:16|17, or add a category for what lies in both.')"
        ),
        (
            'stretches_joined', 'true',
            "concat('the population joins stretches of time in \"', condition, '\". Ask for each in a "
            ~ "question of its own, or for a period that holds them.')"
        ),
        (
            'questions_judged', 'place_among_equals > 1',
            "concat('the same is asked in ', coalesce('row ' || cast(first_row as string), "
            ~ "'another row'), ' already. Keep one of the two, or give this one another question_no or "
            ~ "part.')"
        ),
    ] -%}
        select
            question_id,
            {{ loop.index }} as place,
            {{ problem }} as problem
        from {{ source }}
        where {{ condition }}
        {{ 'union all' if not loop.last }}

    {% endfor %}
),

problems_of_questions as (

    select
        question_id,
        {{ joined_words(
            'problem', "concat(cast(place as string), problem)", "' Also '"
        ) }} as problems
    from problems
    group by question_id

),

final as (

    select
        questions.request_ref,
        questions.question_no,
        questions.part,
        questions.source_row,
        concat(
            coalesce(
                '{{ register_file("foi_request_questions") }}, row '
                || cast(questions.source_row as string)
                || ' below the header: ',
                ''
            ),
            {{ question_named('questions') }},
            problems_of_questions.problems
        ) as sentence
    from problems_of_questions
    inner join questions using (question_id)

)

select * from final
