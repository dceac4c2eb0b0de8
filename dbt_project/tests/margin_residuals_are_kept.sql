-- Detects residuals of margins that were dropped or merged on the way to the fact.
-- Likely cause: a filter on sex or on negative persons.
-- A row is the number of residual rows and persons landed, and in the fact.
{{ config(meta={'dagster': {'ref': {'name': 'fct_migrant_stock'}}}) }}

with

landed as (
    select count(*) as rows, coalesce(sum(persons), 0) as persons
    from {{ ref('stg_migrant_stock') }}
    where is_margin_residual
),

kept as (
    select count(*) as rows, coalesce(sum(persons), 0) as persons
    from {{ ref('fct_migrant_stock') }}
    where is_margin_residual
)

select
    landed.rows as landed_rows,
    kept.rows as kept_rows,
    landed.persons as landed_persons,
    kept.persons as kept_persons
from landed
cross join kept
where landed.rows <> kept.rows or abs(landed.persons - kept.persons) > 0.5
