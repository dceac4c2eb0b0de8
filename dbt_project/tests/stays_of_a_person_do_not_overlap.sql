-- Detects a spell that begins before the person's spell before it has ended.
-- Likely cause: spells of a person rebuilt in part, or a tie of timestamps broken two ways.
-- A row is one spell with the end of the one before.
{{ config(meta={'dagster': {'ref': {'name': 'fct_stay'}}}) }}

with

ordered as (
    select
        person_key,
        stay_key,
        coalesce(opened_at, closed_at) as begins_at,
        max(coalesce(closed_at, opened_at)) over (
            partition by person_key order by coalesce(opened_at, closed_at), coalesce(closed_at, opened_at)
            rows between unbounded preceding and 1 preceding
        ) as ended_before
    from {{ ref('fct_stay') }}
    -- a second scan lies inside the spell that the first one opened
    where spell_status <> 'repeated'
)

select *
from ordered
where begins_at < ended_before
