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

-- deployments depend on the versions of the licences they name, in the months in which they do: the days on which
-- these versions begin decide which one a departure joins
licence_months as (
    select distinct
        _landing_id as landing_id,
        {{ folded('agency_licence') }} as agency_licence,
        cast(date_trunc('month', departed_on) as date) as month_on
    from {{ ref('stg_labour_deployment') }}
    where agency_licence is not null
),

dependencies as (
    select
        conversion_months.landing_id,
        concat_ws('|', conversion_months.month_on, coalesce(month_fingerprints.fingerprint, 'no rates')) as dependency
    from conversion_months
    left join month_fingerprints on conversion_months.month_on = month_fingerprints.month_on
    union all
    -- a licence in no register joins as one that has begun with the calendar
    select distinct
        licence_months.landing_id,
        concat_ws('|', 'licence', licence_months.agency_licence, coalesce(versions.valid_from, date '1900-01-01'))
    from licence_months
    left join {{ ref('int_agency_licence_version') }} as versions
        on licence_months.agency_licence = versions.agency_licence
        and versions.valid_from < licence_months.month_on + interval 1 month
        and versions.valid_to >= licence_months.month_on
),

landing_fingerprints as (
    select landing_id, string_agg(dependency, ';' order by dependency) as fingerprint
    from dependencies
    group by landing_id
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
