with

population as (
    select * from {{ ref('fct_population') }}
),

-- a source may give both an all-ages row and its parts; the parts count only where there is no such row
cells as (
    select
        sources.extract,
        population.reference_year,
        provinces.province_code,
        sexes.sex_code,
        sum(population.persons) filter (where ages.age_group_code = '_T') as all_ages_persons,
        sum(population.persons) filter (where ages.age_group_code <> '_T') as parts_persons
    from population
    inner join {{ ref('dim_source') }} as sources on population.source_key = sources.source_key
    inner join {{ ref('dim_province') }} as provinces on population.province_key = provinces.province_key
    inner join {{ ref('dim_sex') }} as sexes on population.sex_key = sexes.sex_key
    inner join {{ ref('dim_age_group') }} as ages on population.age_group_key = ages.age_group_key
    group by all
),

final as (
    select
        extract,
        reference_year,
        province_code,
        sex_code,
        coalesce(all_ages_persons, parts_persons) as persons
    from cells
)

select * from final
