{#- What rule 21 finds in an accepted row of a case-management extract that the newest extract of its
    council no longer has; one that ended is missed only if it began after the newest one's first.
    Beside the columns of the row it reads `newest_taken_on` and `first_of_newest`. -#}
{% macro gone_from_newest() -%}
    case
        when
            reject_code is null
            and not is_repeated
            and taken_on < newest_taken_on
            and (ended_on is null or started_on >= first_of_newest)
            then
                'The extract that has it was taken on ' || cast(taken_on as string)
                || ', the newest on ' || cast(newest_taken_on as string) || '.'
    end
{%- endmacro %}

{#- The day of the newest extract of each council, then the first start that it has, as windows. -#}
{% macro newest_taken_on() -%}
    max(case when reject_code is null and not is_repeated then taken_on end)
        over (partition by council)
{%- endmacro %}

{% macro first_of_newest() -%}
    min(
        case
            when reject_code is null and not is_repeated and taken_on = newest_taken_on
                then started_on
        end
    ) over (partition by council)
{%- endmacro %}
