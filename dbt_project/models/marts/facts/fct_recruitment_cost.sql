with

load_units as (
    {{ load_units_to_load('recruitment_cost') }}
),

workers as (
    select * from {{ ref('stg_recruitment_cost') }}
),

final as (
    select
        {{ surrogate_key(['workers._extract', 'workers._period', 'workers.survey_round', 'workers.person_key']) }}
            as recruitment_cost_key,
        {{ date_key('make_date(workers.reference_year, 1, 1)') }} as date_key,
        workers.person_key,
        coalesce(sexes.sex_key, -1) as sex_key,
        coalesce(destinations.country_key, -1) as destination_country_key,
        coalesce(industries.industry_key, -1) as industry_key,
        {{ source_key('workers._extract') }} as source_key,
        workers._landing_id as submission_key,

        workers.survey_round,
        workers.reference_year,
        workers.has_social_security,
        workers.is_informal,
        'survey' as measure_type,
        'reported' as estimation_method,

        workers.recruitment_cost_usd,
        workers.first_month_earnings_usd,
        cast(workers.recruitment_cost_usd as double) / cast(workers.first_month_earnings_usd as double)
            as cost_in_months_of_earnings,
        workers.survey_weight,

        load_units.load_key as _load_key,
        workers._row
    from workers
    inner join load_units on workers._landing_id = load_units.landing_id
    left join {{ ref('dim_sex') }} as sexes on workers.sex_code = sexes.sex_code
    left join {{ ref('dim_country') }} as destinations on workers.destination_code = destinations.country_code
    left join {{ ref('dim_industry') }} as industries on workers.industry_code = industries.industry_code
)

select * from final
order by survey_round, recruitment_cost_key
