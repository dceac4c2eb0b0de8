{{ config(materialized='view') }}

with

recordings as (
    select * from {{ ref('fct_displacement') }}
),

final as (
    select *
    from recordings
    qualify recorded_on = max(recorded_on) over (partition by source_key, event)
)

select * from final
