with

stocks as (
    select
        submissions.extract,
        submissions.period,
        facts.reference_year,
        provinces.province_code,
        sum(facts.persons) as persons
    from {{ ref('fct_population') }} as facts
    inner join {{ ref('dim_submission') }} as submissions on facts.submission_key = submissions.submission_key
    inner join {{ ref('dim_province') }} as provinces on facts.province_key = provinces.province_key
    group by all
),

-- Between two counts of a province lie births, deaths and moves, so that the stock tells the flow per year.
before as (
    select
        *,
        lag(persons) over province as persons_before,
        reference_year - lag(reference_year) over province as years
    from stocks
    window province as (partition by extract, province_code order by reference_year, period)
),

final as (
    select
        extract,
        period,
        province_code,

        reference_year,
        persons,
        persons_before,
        years,
        round((pow(persons / nullif(persons_before, 0), 1 / nullif(years, 0)) - 1) * 100, 4) as growth_pct
    from before
)

select * from final
order by extract, period, province_code
