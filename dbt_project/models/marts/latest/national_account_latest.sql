{{ config(materialized='view') }}

-- the newest vintage that has the observation
{{ latest_vintage(ref('fct_national_account'), ['reference_year', 'country_key']) }}
