with

stocks as (
    select * from {{ ref('fct_migrant_stock') }}
),

-- a source may give both an all-ages row and its parts; the parts count only where there is no such row
cells as (
    select
        stocks.source_key,
        stocks.vintage,
        stocks.reference_year,
        stocks.person_basis_code,
        stocks.estimation_method,
        origins.country_code as origin_code,
        destinations.country_code as destination_code,
        sum(stocks.persons) filter (where ages.age_group_code = '_T') as all_ages_persons,
        sum(stocks.persons) filter (where ages.age_group_code <> '_T') as parts_persons
    from stocks
    inner join {{ ref('dim_country') }} as origins on stocks.origin_country_key = origins.country_key
    inner join {{ ref('dim_country') }} as destinations on stocks.destination_country_key = destinations.country_key
    inner join {{ ref('dim_age_group') }} as ages on stocks.age_group_key = ages.age_group_key
    group by all
),

-- birth and citizenship count the same persons twice; a pair of countries counts by birth where it can
final as (
    select
        sources.extract,
        cells.* exclude (source_key, all_ages_persons, parts_persons),
        coalesce(cells.all_ages_persons, cells.parts_persons) as persons
    from cells
    inner join {{ ref('dim_source') }} as sources on cells.source_key = sources.source_key
    qualify row_number() over (
        partition by sources.extract, cells.vintage, cells.reference_year, cells.estimation_method,
            cells.origin_code, cells.destination_code
        order by cells.person_basis_code
    ) = 1
)

select * from final
