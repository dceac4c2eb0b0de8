-- Detects one crossing that two extracts deliver, counted twice.
-- Likely cause: a checkpoint that moved from one sender's file to another's and is in both.
-- A row is one crossing with the number of its deliveries.
{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'fct_border_crossing'}}}) }}

select person_key, crossed_at, direction_code, point_of_entry_code, count(*) as deliveries
from {{ ref('fct_border_crossing') }}
group by all
having count(*) > 1
