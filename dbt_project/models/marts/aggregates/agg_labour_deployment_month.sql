with

deployments as (
    select * from {{ ref('fct_labour_deployment') }}
),

occupations as (
    select * from {{ ref('dim_occupation') }}
),

final as (
    select
        {{ date_key("date_trunc('month', deployments.departed_on)") }} as date_key,
        deployments.destination_country_key,
        deployments.province_key,
        deployments.sex_key,
        coalesce(majors.occupation_key, -1) as occupation_major_key,

        cast(date_trunc('month', deployments.departed_on) as date) as month_on,
        'event' as measure_type,

        count(*) as contracts,
        count(deployments.wage_usd) as contracts_with_wage,
        cast(sum(deployments.wage_usd) as decimal(18, 2)) as wage_usd,
        cast(sum(deployments.fee_usd) as decimal(18, 2)) as fee_usd
    from deployments
    left join occupations on deployments.occupation_key = occupations.occupation_key
    left join occupations as majors on occupations.occupation_major_code = majors.occupation_code
    group by all
)

select * from final
order by all
