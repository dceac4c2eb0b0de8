{{ config(materialized='view') }}

with

observations as (
    select
        facts.*,
        sources.sender,
        {{ vintage_date('facts.vintage') }} as vintage_on
    from {{ ref('fct_national_account') }} as facts
    inner join {{ ref('dim_source') }} as sources on facts.source_key = sources.source_key
),

-- the newest vintage that has the observation
final as (
    select * exclude (sender, vintage_on)
    from observations
    qualify (vintage_on, vintage) = max((vintage_on, vintage)) over (
        partition by sender, reference_year, country_key
    )
)

select * from final
