{{ config(materialized='view') }}

-- the cells of one year stay together: a newer release that drops one means nil, not the old value
{{ latest_vintage(ref('fct_asylum_application'), ['reference_year']) }}
