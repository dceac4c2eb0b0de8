-- Detects a value that counts more rows of a delivery than its fact has of it.
-- Likely cause: an indicator model that unnests or multiplies rows and gives `cells` no row_key.
-- A row is one value and delivery.
{{ config(meta={'dagster': {'ref': {'name': 'bridge_indicator_submission'}}}) }}

with

held as (
    select submission_key, sum(rows) as rows from {{ ref('agg_submission_month') }} group by submission_key
)

select counted.indicator_value_key, counted.submission_key, counted.rows, held.rows as rows_in_fact
from {{ ref('bridge_indicator_submission') }} as counted
left join held on counted.submission_key = held.submission_key
where counted.rows > coalesce(held.rows, 0)
