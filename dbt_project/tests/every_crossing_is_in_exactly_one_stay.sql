-- Detects crossings that are in no spell, or in two.
-- Likely cause: persons that were not rebuilt when one of their months was replaced.
-- A row is one crossing with the number of spells it is in.
{{ config(meta={'dagster': {'ref': {'name': 'fct_stay'}}}) }}

with

uses as (
    select opening_crossing_key as border_crossing_key from {{ ref('fct_stay') }}
    union all
    select closing_crossing_key from {{ ref('fct_stay') }}
),

counted as (
    select border_crossing_key, count(*) as spells
    from uses
    where border_crossing_key is not null
    group by border_crossing_key
)

select crossings.border_crossing_key, coalesce(counted.spells, 0) as spells
from {{ ref('fct_border_crossing') }} as crossings
left join counted on crossings.border_crossing_key = counted.border_crossing_key
where counted.spells is distinct from 1
