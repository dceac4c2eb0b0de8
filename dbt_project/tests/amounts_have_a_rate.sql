-- Detects transfers, wages and fees that could not be converted: totals in US dollars are short by them.
-- Likely cause: a month of exchange rates not delivered yet, or a currency the central bank does not price.
-- A row is one month and currency with the rows concerned.
{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'fct_remittance_transfer'}}}) }}

select
    'transfer' as kind,
    year(sent_on) * 100 + month(sent_on) as year_month,
    currencies.currency_code,
    count(*) as rows
from {{ ref('fct_remittance_transfer') }} as facts
inner join {{ ref('dim_currency') }} as currencies on facts.currency_key = currencies.currency_key
where facts.obs_status = 'M'
group by all

union all

select 'wage', year(departed_on) * 100 + month(departed_on), currencies.currency_code, count(*)
from {{ ref('fct_labour_deployment') }} as facts
inner join {{ ref('dim_currency') }} as currencies on facts.wage_currency_key = currencies.currency_key
where facts.wage is not null and facts.wage_usd is null
group by all
