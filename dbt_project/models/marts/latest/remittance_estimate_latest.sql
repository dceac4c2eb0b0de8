{{ config(materialized='view') }}

with

observations as (
    select
        facts.*,
        sources.sender,
        {{ vintage_date('facts.vintage') }} as vintage_on
    from {{ ref('fct_remittance_estimate') }} as facts
    inner join {{ ref('dim_source') }} as sources on facts.source_key = sources.source_key
),

-- the counterparts of one year stay together: a newer release that drops one means nil, not the old value
final as (
    select * exclude (sender, vintage_on)
    from observations
    qualify (vintage_on, vintage) = max((vintage_on, vintage)) over (
        partition by sender, series, reference_year, direction_code, reporting_country_key
    )
)

select * from final
