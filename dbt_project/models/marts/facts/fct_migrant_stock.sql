with

load_units as (
    {{ load_units_to_load('migrant_stock') }}
),

stocks as (
    select * from {{ ref('stg_migrant_stock') }}
),

countries as (
    select * from {{ ref('dim_country') }}
),

final as (
    select
        {{ surrogate_key([
            'stocks._extract', 'stocks.vintage', 'stocks.reference_year', 'stocks.origin_code',
            'stocks.destination_code', 'stocks.origin_province_code', 'stocks.destination_province_code',
            'stocks.sex_code', 'stocks.age_group_code', 'stocks.person_basis_code', 'stocks.permit_status_code',
            'coalesce(stocks.is_margin_residual, false)',
        ]) }} as migrant_stock_key,
        {{ date_key('make_date(stocks.reference_year, 1, 1)') }} as date_key,
        coalesce(origins.country_key, -1) as origin_country_key,
        coalesce(destinations.country_key, -1) as destination_country_key,
        coalesce(origin_provinces.province_key, -1) as origin_province_key,
        coalesce(destination_provinces.province_key, -1) as destination_province_key,
        coalesce(sexes.sex_key, -1) as sex_key,
        coalesce(ages.age_group_key, -1) as age_group_key,
        {{ source_key('stocks._extract', 'stocks.vintage') }} as source_key,
        stocks._landing_id as submission_key,

        stocks.reference_year,
        stocks.person_basis_code,
        stocks.permit_status_code,
        stocks.vintage,
        coalesce(stocks.is_margin_residual, false) as is_margin_residual,
        'stock' as measure_type,
        stocks.estimation_method,
        stocks.obs_status,

        stocks.persons,

        load_units.load_key as _load_key,
        stocks._row
    from stocks
    inner join load_units on stocks._landing_id = load_units.landing_id
    left join countries as origins on stocks.origin_code = origins.country_code
    left join countries as destinations on stocks.destination_code = destinations.country_code
    left join {{ ref('dim_province') }} as origin_provinces
        on stocks.origin_province_code = origin_provinces.province_code
        and {{ held_on('origin_provinces', 'make_date(stocks.reference_year, 12, 31)') }}
    left join {{ ref('dim_province') }} as destination_provinces
        on stocks.destination_province_code = destination_provinces.province_code
        and {{ held_on('destination_provinces', 'make_date(stocks.reference_year, 12, 31)') }}
    left join {{ ref('dim_sex') }} as sexes on stocks.sex_code = sexes.sex_code
    left join {{ ref('dim_age_group') }} as ages on stocks.age_group_code = ages.age_group_code
)

select * from final
order by reference_year, migrant_stock_key
