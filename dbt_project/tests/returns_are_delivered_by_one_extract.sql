-- Detects one person's return on one day in two lists, counted twice.
-- Likely cause: someone in a quarantine centre who registered with the labour ministry as well.
-- A row is one person and day with the number of lists.
{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'fct_return'}}}) }}

select person_key, returned_on, count(distinct source_key) as lists
from {{ ref('fct_return') }}
where person_key <> -1
group by person_key, returned_on
having count(distinct source_key) > 1
