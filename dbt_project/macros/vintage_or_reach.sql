{# The release a source names. Where its file names none, the last year that it reaches tells its releases apart:
   the period of the delivery, which the contract reads from the data. #}
{% macro vintage_or_reach(vintage, period) -%}
    coalesce({{ vintage }}, 'data to ' || left({{ period }}, 4))
{%- endmacro %}
