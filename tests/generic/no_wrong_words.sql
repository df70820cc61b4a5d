{#- A question that cannot be read fails the build with its sentence. A period that is not landed
    does not: it stops the export of that request alone. -#}
{% test no_wrong_words(model) %}

select {{ raise_sentence('sentence') }} as sentence
from {{ model }}
where kind <> 'not_landed'

{% endtest %}
