{{ config(materialized='view') }}

with

stays as (
    select * from {{ ref('fct_stay') }}
    where spell_status <> 'repeated'
),

-- what has been delivered: from the first crossing to the newest
delivered as (
    select cast(min(crossed_at) as date) as first_on, cast(max(crossed_at) as date) as newest_on
    from {{ ref('fct_border_crossing') }}
),

based as (
    select
        stays.*,
        cast(stays.opened_at as date) as opened_on,
        cast(stays.closed_at as date) as closed_on,
        case
            when stays.spell_status = 'matched' then 'measured'
            when stays.spell_status = 'open' and cast(stays.opened_at as date) + interval 12 months <= delivered.newest_on
                then if(stays.stay_kind_code = 'in_lao_pdr' and coalesce(stays.intended_days, 0) < 90, 'overdue', 'still_open')
            when stays.longest_days < 365 then 'limited'
            when stays.spell_status = 'start_missing' and stays.longest_days is null
                and cast(stays.closed_at as date) >= delivered.first_on + interval 12 months then 'begun_before_data'
            else 'undetermined'
        end as long_term_basis
    from stays
    cross join delivered
),

final as (
    select
        *,
        case long_term_basis
            when 'measured' then duration_class = 'ge_12m'
            when 'still_open' then true
            when 'limited' then false
        end as is_long_term
    from based
)

select * from final
