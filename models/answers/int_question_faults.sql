-- The questions that cannot be read, each with one sentence of all that is wrong with it: it lists
-- the right words and names the nearest. No return is read for it.

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

requests as (

    select request_ref from {{ ref('stg_foi_requests') }}

),

period_bases as (select * from {{ ref('period_bases') }}),

categories as (select * from {{ ref('int_categories') }}),

breakdowns as (select * from {{ ref('breakdowns') }}),

question_periods as (select * from {{ ref('int_question_periods') }}),

-- A population's conditions, one row for each category that they name.
conditions as (

    select
        questions.question_id,
        population_conditions.condition,
        population_conditions.breakdown,
        population_conditions.category
    from questions
    inner join {{ ref('int_population_conditions') }} as population_conditions
        on questions.population = population_conditions.population

),

conditions_on_before as (

    select distinct question_id
    from conditions
    where breakdown = 'missing_before'

),

conditions_on_time as (

    select distinct question_id
    from conditions
    where breakdown in ('month', 'quarter')

),

-- Of a day, how long it had lasted is a stretch of time too: from one day on, to another.
stretches_joined as (

    select
        conditions.question_id,
        conditions.condition
    from conditions
    inner join questions on conditions.question_id = questions.question_id
    where
        conditions.breakdown in ('month', 'quarter')
        or (conditions.breakdown = 'duration_band' and questions.period_basis = 'snapshot')
    group by conditions.question_id, conditions.condition
    having count(*) > 1

),

breakdowns_to_ask_for as (

    select breakdown
    from breakdowns
    where breakdown <> 'none'

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

    select
        'measure' as list_name,
        measure as word,
        measure as sort_key
    from {{ ref('measures') }}

    union all

    select
        'breakdown' as list_name,
        breakdown as word,
        breakdown as sort_key
    from breakdowns

    union all

    select
        'period_basis' as list_name,
        period_basis as word,
        period_basis as sort_key
    from period_bases

    union all

    select
        breakdown as list_name,
        category as word,
        right(concat('000', cast(category_order as string)), 3) as sort_key
    from categories

    union all

    select
        period_basis as list_name,
        concat(period_basis, 's as in ', example) as word,
        example as sort_key
    from period_bases
    where period_basis in ('month', 'quarter')

    union all

    select
        'population' as list_name,
        concat(breakdown, ':…') as word,
        breakdown as sort_key
    from breakdowns_to_ask_for

    union all

    select
        concat('population of ', breakdown) as list_name,
        concat(breakdown, ':', category) as word,
        right(concat('000', cast(category_order as string)), 3) as sort_key
    from categories

    union all

    select
        concat('population of ', period_basis) as list_name,
        concat(period_basis, ':', example) as word,
        example as sort_key
    from period_bases
    where period_basis in ('month', 'quarter')

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

period_sentences as (

    select
        questions.question_id,
        concat(
            'the periods "',
            coalesce(questions.first_period, ''),
            '" to "',
            coalesce(questions.last_period, ''),
            '" are not read as ',
            questions.period_basis,
            '. Write them like "',
            period_bases.example,
            '", the first before the last; a day is written 2018-03-31.'
        ) as problem
    from questions
    inner join period_bases on questions.period_basis = period_bases.period_basis
    left join question_periods
        on
            questions.period_basis = question_periods.period_basis
            and questions.first_period = question_periods.first_period
            and questions.last_period = question_periods.last_period
    where question_periods.period_basis is null

),

-- What is going on on a day began in any month before it: no row of that day's month holds it.
day_sentences as (

    select
        questions.question_id,
        'a snapshot of a day has no months or quarters. Ask for the breakdown duration_band, which '
        || 'says how long each occasion had lasted by then, or for a period of months or quarters.'
            as problem
    from questions
    left join conditions_on_time on questions.question_id = conditions_on_time.question_id
    where
        questions.period_basis = 'snapshot'
        and (
            questions.breakdown in ('month', 'quarter')
            or conditions_on_time.question_id is not null
        )

    union all

    select
        questions.question_id,
        'a snapshot of a day has no missing_before: what goes on on a day began before it. Ask '
        || 'for the period in which the occasions started.' as problem
    from questions
    left join conditions_on_before on questions.question_id = conditions_on_before.question_id
    where
        questions.period_basis = 'snapshot'
        and (
            questions.breakdown = 'missing_before'
            or conditions_on_before.question_id is not null
        )

),

stretch_sentences as (

    select
        question_id,
        concat(
            'the population joins stretches of time in "',
            condition,
            '". Ask for each in a question of its own, or for a period that holds them.'
        ) as problem
    from stretches_joined

),

-- Two conditions on one breakdown hold for nothing, but of categories that overlap more is meant.
overlap_sentences as (

    select distinct
        conditions.question_id,
        concat(
            'the population names "',
            conditions.condition,
            '" and "',
            others.condition,
            '", which overlap. Name one of them, join them as in age:16|17, or add a category for '
            || 'what lies in both.'
        ) as problem
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

register_sentences as (

    select
        questions.question_id,
        'its request is not in foi_requests.csv: add a row for it there.' as problem
    from questions
    left join requests on questions.request_ref = requests.request_ref
    where requests.request_ref is null

),

-- Answers are told apart by these columns; its periods can all be asked for in one row.
equal_questions as (

    select
        question_id,
        row_number() over (
            partition by request_ref, question_no, part, measure, population, breakdown
            order by question_id
        ) as place_among_equals,
        min(source_row) over (
            partition by request_ref, question_no, part, measure, population, breakdown
        ) as first_row
    from questions

),

repeated_sentences as (

    select
        question_id,
        concat(
            'the same is asked in ',
            coalesce('row ' || cast(first_row as string), 'another row'),
            ' already. Keep one of the two, or give this one another question_no or part.'
        ) as problem
    from equal_questions
    where place_among_equals > 1

),

problems as (

    select
        1 as place,
        *
    from register_sentences
    union all
    select
        2 as place,
        *
    from word_sentences
    union all
    select
        3 as place,
        *
    from period_sentences
    union all
    select
        4 as place,
        *
    from day_sentences
    union all
    select
        5 as place,
        *
    from overlap_sentences
    union all
    select
        6 as place,
        *
    from stretch_sentences
    union all
    select
        7 as place,
        *
    from repeated_sentences

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
    inner join questions on problems_of_questions.question_id = questions.question_id

)

select * from final
