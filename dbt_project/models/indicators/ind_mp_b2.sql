with

flows as (
    select * from {{ ref('int_remittance_amount') }}
),

accounts as (
    {{ coded('fct_national_account', {'country_code': ['country', 'country_key']}) }}
),

households as (
    {{ coded('fct_household_remittance', {
        'area_code': ['province', 'province_key'],
        'sex_code': ['sex', 'head_sex_key'],
        'covid_period': ['covid_period', 'covid_period_key'],
    }) }}
),

paid as (
    select * from flows where direction_code = 'paid' and bop_item <> 'capital_transfers'
),

balanced as (
    select * from flows where bop_item <> '_Z'
),

produced as (
    select * from accounts where country_code = 'LAO'
),

-- kip over dollars per unit of the file's base currency, of years with a price in every month
exchanged as (
    select
        make_date(year(rate_on), 1, 1) as observed_on,
        extract as basis,
        {{ source_key('extract') }} as source_key,
        avg(rate) filter (where quote_currency_code = 'LAK')
        / avg(case quote_currency_code when 'USD' then rate when 'LAK' then if(base_currency_code = 'USD', 1, null) end)
            as lak_per_usd
    from {{ ref('int_exchange_rate_deduplicated') }}
    group by extract, base_currency_code, year(rate_on)
    having count(distinct month(rate_on)) = 12 and lak_per_usd is not null
),

answered as (
    select *, survey_weight * if(receives, cast(amount_usd as double), 0) as weighted_usd
    from households
    where receives is not null and (not receives or amount_usd is not null)
),

paid_cells as (
    {% call cells(
        'paid', frequencies=['Q', 'A'], by=['counterpart_country_code'], sex=false, months='months',
        vintage='vintage', estimation_method='estimation_method', obs_status='obs_status',
    ) %}
        sum(amount_usd) as amount_usd,
        bool_or(has_counterparts) as has_counterparts
    {% endcall %}
),

balanced_cells as (
    {% call cells(
        'balanced', frequencies=['Q', 'A'], by=['bop_item'], sex=false, months='months',
        vintage='vintage', obs_status='obs_status',
    ) %}
        sum(amount_usd) filter (where direction_code = 'received') as received_usd,
        sum(amount_usd) filter (where direction_code = 'paid') as paid_usd
    {% endcall %}
),

produced_cells as (
    {% call cells('produced', sex=false, months=12, vintage='vintage', obs_status='obs_status') %}
        sum(gdp_usd) as gdp_usd
    {% endcall %}
),

exchanged_cells as (
    {% call cells('exchanged', sex=false, months=12, submission=none) %}
        max(lak_per_usd) as lak_per_usd
    {% endcall %}
),

household_cells as (
    {% call cells('answered', by=['area_code', 'covid_period'], months=12) %}
        sum(weighted_usd) as received_usd,
        sum(survey_weight) as households,
        sum(survey_weight) filter (where receives) as receiving_households,
        count(*) filter (where receives) as observations_receiving
    {% endcall %}
),

final as (
    {{ indicator_values('paid_cells', [
        {
            'measure': 'remittances_paid_usd', 'value': 'amount_usd',
            'where': "(vintage = '_Z' or months_observed = period_months)
                and (counterpart_country_code <> 'XXX' or has_counterparts)",
        },
    ]) }}
    union all
    {%- set parts = "breakdown_name = 'bop_item' and months_observed = period_months" %}
    {{ indicator_values('balanced_cells', [
        {'measure': 'balance_of_payments_received_usd', 'value': 'received_usd', 'where': parts},
        {'measure': 'balance_of_payments_paid_usd', 'value': 'paid_usd', 'where': parts},
    ]) }}
    union all
    {{ indicator_values('produced_cells', [{'measure': 'gdp_usd', 'value': 'gdp_usd'}]) }}
    union all
    {{ indicator_values('exchanged_cells', [{'measure': 'lak_per_usd_rate', 'value': 'lak_per_usd'}]) }}
    union all
    {{ indicator_values('household_cells', [
        {'measure': 'remittances_per_household_usd', 'numerator': 'received_usd', 'denominator': 'households'},
        {
            'measure': 'remittances_per_receiving_household_usd', 'observations': 'observations_receiving',
            'numerator': 'received_usd', 'denominator': 'receiving_households',
        },
    ]) }}
)

select * from final
