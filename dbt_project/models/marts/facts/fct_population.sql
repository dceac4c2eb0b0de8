with

load_units as (
    {{ load_units_to_load('population') }}
),

population as (
    select * from {{ ref('stg_population') }}
),

final as (
    select
        {{ surrogate_key([
            'population._extract', 'population._period', 'population.reference_year',
            'population.province_code', 'population.sex_code', 'population.age_group_code',
        ]) }} as population_key,
        {{ date_key('make_date(population.reference_year, 1, 1)') }} as date_key,
        coalesce(provinces.province_key, -1) as province_key,
        coalesce(sexes.sex_key, -1) as sex_key,
        coalesce(ages.age_group_key, -1) as age_group_key,
        {{ source_key('population._extract') }} as source_key,
        population._landing_id as submission_key,

        population.reference_year,
        coalesce(population.is_margin_residual, false) as is_margin_residual,
        'stock' as measure_type,
        'reported' as estimation_method,
        population.obs_status,

        population.persons,

        load_units.load_key as _load_key,
        population._row
    from population
    inner join load_units on population._landing_id = load_units.landing_id
    left join {{ ref('dim_province') }} as provinces
        on population.province_code = provinces.province_code
        and {{ held_on('provinces', 'make_date(population.reference_year, 12, 31)') }}
    left join {{ ref('dim_sex') }} as sexes on population.sex_code = sexes.sex_code
    left join {{ ref('dim_age_group') }} as ages on population.age_group_code = ages.age_group_code
)

select * from final
order by reference_year, population_key
