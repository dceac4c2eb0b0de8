with

load_units as (
    {{ load_units_to_load('remittance_price') }}
),

prices as (
    select * from {{ ref('stg_remittance_price') }}
),

countries as (
    select * from {{ ref('dim_country') }}
),

final as (
    select
        {{ surrogate_key([
            'prices._extract', 'prices.vintage', 'prices.quarter_starts_on',
            'prices.send_country_code', 'prices.receive_country_code', 'prices.amount_usd',
        ]) }} as remittance_price_key,
        {{ date_key('prices.quarter_starts_on') }} as date_key,
        coalesce(senders.country_key, -1) as send_country_key,
        coalesce(receivers.country_key, -1) as receive_country_key,
        {{ source_key('prices._extract', 'prices.vintage') }} as source_key,
        prices._landing_id as submission_key,

        prices.quarter_starts_on,
        prices.vintage,
        'price' as measure_type,
        'reported' as estimation_method,
        prices.obs_status,

        prices.amount_usd,
        prices.total_cost_pct,

        load_units.load_key as _load_key,
        prices._row
    from prices
    inner join load_units on prices._landing_id = load_units.landing_id
    left join countries as senders on prices.send_country_code = senders.country_code
    left join countries as receivers on prices.receive_country_code = receivers.country_code
)

select * from final
order by quarter_starts_on, remittance_price_key
