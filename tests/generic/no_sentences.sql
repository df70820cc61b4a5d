{#- Every row is a fault and its column `sentence` tells of it: the build fails with all of them. -#}
{% test no_sentences(model, order) %}

with together as (

    select {{ joined_words('sentence', order, 'chr(10)') }} as sentences
    from {{ model }}

)

select sentences
from together
where case when sentences is not null then {{ raise_sentence('sentences') }} end is not null

{% endtest %}
