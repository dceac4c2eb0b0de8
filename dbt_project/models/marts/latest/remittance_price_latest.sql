{{ config(materialized='view') }}

-- the newest vintage that has the observation
{{ latest_vintage(ref('fct_remittance_price'), ['quarter_starts_on', 'send_country_key', 'receive_country_key', 'amount_usd']) }}
