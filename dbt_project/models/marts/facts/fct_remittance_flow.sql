with

load_units as (
    {{ load_units_to_load('remittance_flow') }}
),

flows as (
    select * from {{ ref('stg_remittance_flow') }}
),

final as (
    select
        {{ surrogate_key([
            'flows._extract', 'flows.vintage', 'flows.quarter_starts_on', 'flows.bop_item_code', 'flows.direction_code',
        ]) }} as remittance_flow_key,
        {{ date_key('flows.quarter_starts_on') }} as date_key,
        {{ source_key('flows._extract', 'flows.vintage') }} as source_key,
        flows._landing_id as submission_key,

        flows.quarter_starts_on,
        flows.bop_item_code,
        flows.direction_code,
        flows.vintage,
        'flow' as measure_type,
        'reported' as estimation_method,
        flows.obs_status,

        flows.amount_usd,

        load_units.load_key as _load_key,
        flows._row
    from flows
    inner join load_units on flows._landing_id = load_units.landing_id
)

select * from final
order by quarter_starts_on, remittance_flow_key
