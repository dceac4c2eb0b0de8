-- Detects a kip price outside what the currency list holds possible between 2010 and 2030.
-- Likely cause: two currencies exchanged in a file, a price per hundred units, or a base and quote the wrong way round.
-- A row is one day and currency with its price and limits.
{{ config(severity='error', meta={'dagster': {'ref': {'name': 'int_exchange_rate_daily'}}}) }}

select rates.rate_on, rates.currency_code, rates.lak_per_unit, currencies.min_lak_per_unit, currencies.max_lak_per_unit
from {{ ref('int_exchange_rate_daily') }} as rates
inner join {{ ref('dim_currency') }} as currencies on rates.currency_code = currencies.currency_code
where rates.rate_on >= date '2010-01-01'
    and (rates.lak_per_unit < currencies.min_lak_per_unit or rates.lak_per_unit > currencies.max_lak_per_unit)
