with

delivered as (
    {{ coded('fct_migrant_stock', {
        'origin_code': ['country', 'origin_country_key'],
        'destination_code': ['country', 'destination_country_key'],
        'origin_province': ['province', 'origin_province_key'],
        'area_code': ['province', 'destination_province_key'],
        'sex_code': ['sex', 'sex_key'],
        'age_group_code': ['age_group', 'age_group_key'],
    }) }}
),

-- who moved inside the country has neither come nor gone; stocks of permits are counted elsewhere
stocks as (
    select
        *,
        case
            when destination_code <> 'LAO' then 'abroad'
            when origin_code <> 'LAO' then 'in_lao_pdr'
            else 'internal'
        end as stock_code,
        if(origin_code = 'LAO', destination_code, origin_code) as counterpart_country_code
    from delivered
    where (origin_code = 'LAO' or destination_code = 'LAO') and permit_status_code = '_T'
    -- birth and citizenship count the same persons twice; a pair of countries counts by birth where it can
    qualify person_basis_code = min(person_basis_code) over (
        partition by basis, vintage, reference_year, estimation_method, origin_code, destination_code
    )
),

-- what an all-ages row leaves over the ages is of unknown age
over_ages as (
    select * replace (
        if(age_group_code = '_T', '_U', age_group_code) as age_group_code,
        if(age_group_code = '_T', persons - coalesce(sum(persons) filter (where age_group_code <> '_T') over (
            partition by basis, vintage, reference_year, estimation_method, stock_code, counterpart_country_code,
                origin_province, area_code, sex_code
        ), 0), persons) as persons
    )
    from stocks
),

-- what a row of the whole world leaves over its countries is of an unknown country
over_countries as (
    select * replace (
        if(counterpart_country_code = 'WLD', 'XXX', counterpart_country_code) as counterpart_country_code,
        if(counterpart_country_code = 'WLD', persons - coalesce(sum(persons) filter (
            where counterpart_country_code <> 'WLD'
        ) over (
            partition by basis, vintage, reference_year, estimation_method, stock_code, origin_province, area_code,
                sex_code, age_group_code
        ), 0), persons) as persons
    )
    from over_ages
),

-- a source that tells no sex, age or province of anyone has no such breakdown, rather than one of unknowns
final as (
    select
        *,
        bool_or(sex_code <> 'unknown') over series as has_sexes,
        bool_or(age_group_code <> '_U') over series as has_ages,
        bool_or(area_code <> 'LA00') over series as has_areas
    from over_countries
    where obs_status = 'M' or (age_group_code <> '_U' and counterpart_country_code <> 'XXX') or persons <> 0
    window series as (partition by basis, vintage, reference_year, estimation_method, stock_code)
)

select * from final
