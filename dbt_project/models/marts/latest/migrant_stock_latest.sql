{{ config(materialized='view') }}

-- the cells of one year stay together: a newer revision that drops one means nil, not the old value
{{ latest_vintage(ref('fct_migrant_stock'), ['reference_year']) }}
