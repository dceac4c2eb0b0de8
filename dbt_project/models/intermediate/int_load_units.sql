with

landings as (
    select * from {{ ref('int_submission_landed') }}
),

rates as (
    select * from {{ ref('int_exchange_rate_daily') }}
),

-- facts that convert amounts depend on the rates of the months their rows fall in
conversion_months as (
    select distinct _landing_id as landing_id, cast(date_trunc('month', sent_on) as date) as month_on
    from {{ ref('stg_remittance_transfer') }}
    union all
    select distinct _landing_id, cast(date_trunc('month', departed_on) as date)
    from {{ ref('stg_labour_deployment') }}
),

month_fingerprints as (
    select
        cast(date_trunc('month', rate_on) as date) as month_on,
        md5(string_agg(
            concat_ws('|', rate_on, currency_code, rate_source, lak_per_unit, usd_per_unit), ';'
            order by rate_on, currency_code
        )) as fingerprint
    from rates
    group by month_on
),

landing_fingerprints as (
    select
        conversion_months.landing_id,
        string_agg(
            concat_ws('|', conversion_months.month_on, coalesce(month_fingerprints.fingerprint, 'no rates')), ';'
            order by conversion_months.month_on
        ) as fingerprint
    from conversion_months
    left join month_fingerprints on conversion_months.month_on = month_fingerprints.month_on
    group by conversion_months.landing_id
),

final as (
    select
        landings.record,
        landings.extract,
        landings.period,
        landings.landing_id,
        case
            when landing_fingerprints.fingerprint is null then landings.landing_id
            else {{ surrogate_key(['landings.landing_id', 'landing_fingerprints.fingerprint']) }}
        end as load_key
    from landings
    left join landing_fingerprints on landings.landing_id = landing_fingerprints.landing_id
)

select * from final
