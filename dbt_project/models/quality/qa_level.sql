{# Measures of the facts that are made anew every time; the others' medians are kept, see int_delivery_median. #}
{% set measures = [
    ('fct_service_contact', 'amount_recovered_usd', 'amount_recovered_usd', none),
    ('fct_student_abroad', 'age_years', 'age_years', none),
    ('fct_exchange_rate', 'rate', 'rate', 'base_currency_key'),
    ('fct_national_account', 'gdp_usd', 'gdp_usd', none),
] %}
with

medians as (
    select * exclude (_load_key) from {{ ref('int_delivery_median') }}
    union all
    {{ delivery_medians(measures) }}
),

-- currencies by their code; other units are codes already
named as (
    select
        submissions.extract,
        submissions.period,
        medians.measure,
        coalesce(currencies.currency_code, medians.unit) as unit,
        medians.rows,
        medians.median_value
    from medians
    inner join {{ ref('dim_submission') }} as submissions on medians.submission_key = submissions.submission_key
    left join {{ ref('dim_currency') }} as currencies on try_cast(medians.unit as bigint) = currencies.currency_key
),

final as (
    select
        extract,
        period,
        measure,
        unit,

        rows,
        round(median_value, 6) as median_value,
        count(*) over before as periods_before,
        round(median(median_value) over before, 6) as median_before,
        round(median_value / nullif(median(median_value) over before, 0), 4) as ratio_to_before,
        round(median_value / nullif(lag(median_value) over series, 0), 4) as ratio_to_previous,
        {{ is_excepted('qa_level', 'named.extract', 'named.period') }} as is_excepted
    from named
    window
        series as (partition by extract, measure, unit order by period),
        before as (series rows between 12 preceding and 1 preceding)
)

select * from final
order by extract, period, measure, unit
