with

-- personal remittances are personal transfers and compensation of employees; capital transfers are not part of them
received as (
    select *
    from {{ ref('int_remittance_amount') }}
    where direction_code = 'received' and bop_item <> 'capital_transfers'
),

accounts as (
    {{ coded('fct_national_account', {'country_code': ['country', 'country_key']}) }}
),

-- divided by the newest GDP figure of the year, whatever the vintage of the flow
gdp as (
    select
        make_date(reference_year, 1, 1) as period_starts_on,
        last(gdp_usd order by {{ vintage_date('vintage') }}, basis) as gdp_usd
    from accounts
    where country_code = 'LAO' and gdp_usd is not null
    group by reference_year
),

summed as (
    {% call cells(
        'received', frequencies=['Q', 'S', 'A'], by=['counterpart_country_code'], sex=false, months='months',
        vintage='vintage', estimation_method='estimation_method', obs_status='obs_status',
    ) %}
        sum(amount_usd) as amount_usd,
        bool_or(has_counterparts) as has_counterparts
    {% endcall %}
),

cells as (
    select summed.*, gdp.gdp_usd
    from summed
    left join gdp on summed.period_starts_on = gdp.period_starts_on and summed.frequency_code = 'A'
    where summed.counterpart_country_code <> 'XXX' or summed.has_counterparts
),

final as (
    {{ indicator_values('cells', [
        {
            'measure': 'remittances_received_usd', 'value': 'amount_usd',
            'where': "vintage = '_Z' or months_observed = period_months",
        },
        {
            'measure': 'remittances_received_gdp_pct', 'numerator': 'amount_usd', 'denominator': 'gdp_usd', 'factor': 100,
            'where': "frequency_code = 'A' and months_observed = 12 and counterpart_country_code = '_T'",
        },
    ]) }}
)

select * from final
