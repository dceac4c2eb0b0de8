{# Measures whose middle moves slowly: of each the value, and what must be equal for values to be compared.
   Money is compared in the currency it was sent in, so that neither a rate nor a mixture moves it. #}
{% set measures = [
    ('fct_border_crossing', 'age_years', 'age_years', none),
    ('fct_labour_deployment', 'age_years', 'age_years', none),
    ('fct_labour_deployment', 'contract_days', 'contract_days', none),
    ('fct_labour_deployment', 'wage', 'wage', 'wage_currency_key'),
    ('fct_labour_deployment', 'wage_usd', 'wage_usd', none),
    ('fct_labour_deployment', 'fee', 'fee', 'fee_currency_key'),
    ('fct_labour_deployment', 'fee_usd', 'fee_usd', none),
    ('fct_return', 'age_years', 'age_years', none),
    ('fct_foreign_permit', 'age_years', 'age_years', none),
    ('fct_foreign_permit', 'valid_days', 'valid_days', none),
    ('fct_remittance_transfer', 'amount', 'amount', 'currency_key'),
    ('fct_remittance_transfer', 'amount_usd', 'amount_usd', none),
    ('fct_remittance_transfer', 'fee_share', 'fee_usd / nullif(amount_usd, 0)', none),
    ('fct_remittance_transfer', 'fx_rate_applied', 'fx_rate_applied', 'currency_key'),
    ('fct_service_contact', 'amount_recovered_usd', 'amount_recovered_usd', none),
    ('fct_health_screening', 'persons_screened', 'persons_screened', none),
    ('fct_student_abroad', 'age_years', 'age_years', none),
    ('fct_exchange_rate', 'rate', 'rate', 'base_currency_key'),
    ('fct_national_account', 'gdp_usd', 'gdp_usd', none),
] %}
with

medians as (
    {% for fact, measure, value, unit in measures %}
    select
        submission_key,
        '{{ measure }}' as measure,
        {{ 'cast(' ~ unit ~ ' as varchar)' if unit else "'_T'" }} as unit,
        count(*) as rows,
        cast(median({{ value }}) as double) as median_value
    from {{ ref(fact) }}
    where {{ value }} > 0
    group by all
    {{ 'union all' if not loop.last }}
    {% endfor %}
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
