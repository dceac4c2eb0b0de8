{{ config(materialized='view') }}

-- the counterparts of one year stay together: a newer release that drops one means nil, not the old value
{{ latest_vintage(ref('fct_remittance_estimate'), ['series', 'reference_year', 'direction_code', 'reporting_country_key']) }}
