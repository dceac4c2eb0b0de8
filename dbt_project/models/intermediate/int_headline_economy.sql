{{ config(materialized='view') }}

with

population as (
    select * from {{ ref('int_population_totalled') }}
),

accounts as (
    select facts.*, sources.extract
    from {{ ref('fct_national_account') }} as facts
    inner join {{ ref('dim_source') }} as sources on facts.source_key = sources.source_key
    inner join {{ ref('dim_country') }} as countries
        on facts.country_key = countries.country_key and countries.country_code = 'LAO'
),

prices as (
    select facts.*, sources.extract, senders.country_code as send_country_code
    from {{ ref('fct_remittance_price') }} as facts
    inner join {{ ref('dim_source') }} as sources on facts.source_key = sources.source_key
    inner join {{ ref('dim_country') }} as senders on facts.send_country_key = senders.country_key
    inner join {{ ref('dim_country') }} as receivers
        on facts.receive_country_key = receivers.country_key and receivers.country_code = 'LAO'
),

rates as (
    select * from {{ ref('int_exchange_rate_deduplicated') }}
),

counted as (
    select 'population_persons' as figure_code, extract as basis, '_Z' as series,
        unnest(['_T', sex_code, province_code]) as breakdown,
        reference_year, '_Z' as vintage, 'reported' as estimation_method, 12 as months, persons as value
    from population
),

produced as (
    select 'gdp_usd', extract, '_Z', '_T', reference_year, vintage, 'reported', 12, cast(gdp_usd as double)
    from accounts
),

charged as (
    select 'remittance_cost_' || cast(amount_usd as integer) || '_usd_pct', extract, '_Z',
        send_country_code || '-Q' || quarter(quarter_starts_on),
        year(quarter_starts_on), vintage, 'reported', 12, total_cost_pct
    from prices
),

-- a year's rate is the mean price of the base in kip over its mean price in dollars, of whole years only
exchanged as (
    select 'lak_per_usd_rate', extract, '_Z', '_T', year(rate_on), '_Z', 'reported', 12,
        avg(rate) filter (where quote_currency_code = 'LAK')
        / avg(case quote_currency_code when 'USD' then rate when 'LAK' then if(base_currency_code = 'USD', 1, null) end)
    from rates
    where frequency_code = 'M'
    group by extract, base_currency_code, year(rate_on)
    having count(distinct rate_on) = 12
),

final as (
    select * exclude (value), sum(value) as value from counted group by all
    union all
    select * from produced
    union all
    select * from charged
    union all
    select * from exchanged
)

select * from final
