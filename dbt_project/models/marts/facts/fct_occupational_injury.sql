with

load_units as (
    {{ load_units_to_load('occupational_injury') }}
),

cells as (
    select * from {{ ref('stg_occupational_injury') }}
),

final as (
    select
        {{ surrogate_key([
            'cells._extract', 'cells._period', 'cells.reference_year', 'cells.sex_code', 'cells.industry_code',
            'cells.migrant_status_code', 'cells.injury_severity_code',
        ]) }} as occupational_injury_key,
        {{ date_key('make_date(cells.reference_year, 1, 1)') }} as date_key,
        coalesce(sexes.sex_key, -1) as sex_key,
        coalesce(industries.industry_key, -1) as industry_key,
        {{ source_key('cells._extract') }} as source_key,
        cells._landing_id as submission_key,

        cells.reference_year,
        cells.migrant_status_code,
        cells.injury_severity_code,
        'event' as measure_type,
        'reported' as estimation_method,
        cells.obs_status,

        cells.injuries,
        cells.workers,

        load_units.load_key as _load_key,
        cells._row
    from cells
    inner join load_units on cells._landing_id = load_units.landing_id
    left join {{ ref('dim_sex') }} as sexes on cells.sex_code = sexes.sex_code
    left join {{ ref('dim_industry') }} as industries on cells.industry_code = industries.industry_code
)

select * from final
order by reference_year, occupational_injury_key
