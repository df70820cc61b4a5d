{#- A question that cannot be read fails the build with its sentence. A period that is not landed
    does not: it stops the export of that request alone. -#}
{% test no_wrong_words(model) %}

select sentence
from {{ model }}
where case when kind <> 'not_landed' then {{ raise_sentence('sentence') }} end is not null

{% endtest %}
