with

load_units as (
    {{ load_units_to_load('refugee_stock') }}
),

stocks as (
    select * from {{ ref('stg_refugee_stock') }}
),

countries as (
    select * from {{ ref('dim_country') }}
),

final as (
    select
        {{ surrogate_key([
            'stocks._extract', 'stocks.vintage', 'stocks.reference_year', 'stocks.origin_code', 'stocks.asylum_code',
            'stocks.population_type_code',
        ]) }} as refugee_stock_key,
        {{ date_key('make_date(stocks.reference_year, 12, 31)') }} as date_key,
        coalesce(origins.country_key, -1) as origin_country_key,
        coalesce(asylums.country_key, -1) as asylum_country_key,
        {{ source_key('stocks._extract', 'stocks.vintage') }} as source_key,
        stocks._landing_id as submission_key,

        stocks.reference_year,
        stocks.population_type_code,
        stocks.vintage,
        types.measure_type,
        'reported' as estimation_method,
        stocks.obs_status,

        stocks.persons,

        load_units.load_key as _load_key,
        stocks._row
    from stocks
    inner join load_units on stocks._landing_id = load_units.landing_id
    left join countries as origins on stocks.origin_code = origins.country_code
    left join countries as asylums on stocks.asylum_code = asylums.country_code
    left join {{ ref('population_type') }} as types on stocks.population_type_code = types.code
)

select * from final
order by reference_year, refugee_stock_key
