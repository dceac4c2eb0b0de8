{{ config(
    materialized='incremental',
    incremental_strategy='replace_load_units',
    on_schema_change='fail',
    meta={'load_units_of': records_loaded_by_unit()},
) }}

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
    ('fct_health_screening', 'persons_screened', 'persons_screened', none),
] %}
with

load_units as (
    {{ load_units_to_load(records_loaded_by_unit()) }}
),

medians as (
    {{ delivery_medians(measures, tagged=true) }}
)

select * from medians
