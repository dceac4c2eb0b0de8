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

{# Whether a delivery is passed over: a registered exception, or an extract of an emergency, which has no usual. #}
{% macro is_excepted(evidence, extract='extract', period='period') -%}
    coalesce(
        {{ extract }} in (select ended.extract from {{ ref('stg_extract') }} as ended where ended.due_until is not null)
        or exists (
            select 1
            from {{ ref('evidence_exception') }} as exceptions
            where exceptions.evidence = '{{ evidence }}'
                and exceptions.extract = {{ extract }}
                and {{ period }} between exceptions.first_period and exceptions.last_period
        ),
        false
    )
{%- endmacro %}

{# How many deliveries of the extract, up to twelve, a ratio to their median speaks of. #}
{% macro periods_before() -%}
    count(*) over (partition by extract order by period rows between 12 preceding and 1 preceding) as periods_before
{%- endmacro %}

{# Months for which every extract of crossings has delivered: only there does a crossing that is not found say anything. #}
{% macro months_with_all_crossings() -%}
    select submissions.period
    from {{ ref('dim_submission') }} as submissions
    where submissions.record = 'border_crossing' and submissions.status = 'landed'
    group by submissions.period
    having count(distinct submissions.extract) = (
        select count(distinct delivered.extract)
        from {{ ref('dim_submission') }} as delivered
        where delivered.record = 'border_crossing' and delivered.status = 'landed'
    )
{%- endmacro %}

{# Rows of a fact about persons, by the month of their delivery, and whether the same person crossed the border within 15 days:
   reports are often dated by the office and not by the journey. Months in which every post has reported only. #}
{% macro seen_at_the_border(fact, key, happened_on, direction) -%}
    select
        submissions.extract,
        submissions.period,
        facts.{{ key }},
        max(crossings.person_key is not null) as is_seen
    from {{ ref(fact) }} as facts
    inner join {{ ref('dim_submission') }} as submissions on facts.submission_key = submissions.submission_key
    inner join ({{ months_with_all_crossings() }}) as known on submissions.period = known.period
    left join (
        select distinct person_key, cast(crossed_at as date) as crossed_on
        from {{ ref('fct_border_crossing') }}
        where direction_code = '{{ direction }}' and person_key in (select person_key from {{ ref(fact) }})
    ) as crossings
        on facts.person_key = crossings.person_key
        and crossings.crossed_on between facts.{{ happened_on }} - interval 15 days and facts.{{ happened_on }} + interval 15 days
    where facts.person_key <> -1
    group by all
{%- endmacro %}
