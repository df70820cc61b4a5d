{#- Every row satisfies an identity or a bound; where a figure is not available nothing is said. -#}
{% test rows_satisfy(model, expression) %}

select *
from {{ model }}
where not ({{ expression }})

{% endtest %}
