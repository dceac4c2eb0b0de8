{# Columns every evidence table shares: this file beside the one before, the median of the twelve before
   and the same month of the year before, per extract. #}
{% macro evidence_ratios(measure='rows') -%}
    round({{ measure }} / nullif(lag({{ measure }}) over (partition by extract order by period), 0), 4)
        as {{ measure }}_ratio_to_previous,
    round({{ measure }} / nullif(median({{ measure }}) over (
        partition by extract order by period rows between 12 preceding and 1 preceding
    ), 0), 4) as {{ measure }}_ratio_to_median_12,
    round({{ measure }} / nullif(max({{ measure }}) over (
        partition by extract
        order by cast(period || '-01' as date)
        range between interval 12 months preceding and interval 12 months preceding
    ), 0), 4) as {{ measure }}_ratio_to_year_before
{%- endmacro %}

{# Rows whose day is not in the month that they were delivered for. #}
{% macro outside_period_rows(date_key='facts.date_key', period='submissions.period') -%}
    count(*) filter (where {{ date_key }} // 100 <> cast(replace({{ period }}, '-', '') as integer)) as outside_period_rows
{%- endmacro %}

{# The day of which a release speaks: when the newest file arrived. Not today, so that the same archive gives the same
   release on any day; but never after today, should a clock once have run ahead. #}
{% macro as_of_date() -%}
    {%- if var('as_of', none) -%} date '{{ var('as_of') }}'
    {%- else -%} (select least(current_date, max(cast(received_at as date))) from {{ ref('stg_submission') }})
    {%- endif -%}
{%- endmacro %}

{# A period (YYYY-MM) as the number of its month, so that months can be counted. #}
{% macro month_number(period) -%}
    (cast(left({{ period }}, 4) as bigint) * 12 + cast(right({{ period }}, 2) as bigint) - 1)
{%- endmacro %}
