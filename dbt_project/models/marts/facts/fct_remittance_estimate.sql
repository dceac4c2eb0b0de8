with

load_units as (
    {{ load_units_to_load('remittance_estimate') }}
),

estimates as (
    select * from {{ ref('stg_remittance_estimate') }}
),

countries as (
    select * from {{ ref('dim_country') }}
),

final as (
    select
        {{ surrogate_key([
            'estimates._extract', 'estimates.vintage', 'estimates.series', 'estimates.reference_year',
            'estimates.direction_code', 'estimates.reporting_country_code', 'estimates.counterpart_country_code',
        ]) }} as remittance_estimate_key,
        {{ date_key('make_date(estimates.reference_year, 1, 1)') }} as date_key,
        coalesce(reporters.country_key, -1) as reporting_country_key,
        coalesce(counterparts.country_key, -1) as counterpart_country_key,
        {{ source_key('estimates._extract', 'estimates.vintage') }} as source_key,
        estimates._landing_id as submission_key,

        estimates.reference_year,
        estimates.direction_code,
        estimates.series,
        estimates.vintage,
        'flow' as measure_type,
        estimates.estimation_method,
        estimates.obs_status,

        estimates.amount_usd,

        load_units.load_key as _load_key,
        estimates._row
    from estimates
    inner join load_units on estimates._landing_id = load_units.landing_id
    left join countries as reporters on estimates.reporting_country_code = reporters.country_code
    left join countries as counterparts on estimates.counterpart_country_code = counterparts.country_code
)

select * from final
order by reference_year, remittance_estimate_key
