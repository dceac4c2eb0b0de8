with

remittances as (
    select * from {{ ref('int_headline_remittance') }}
),

economy as (
    select * from {{ ref('int_headline_economy') }}
),

persons as (
    select * from {{ ref('int_headline_person') }}
),

codes as (
    select * from {{ ref('figure') }}
),

-- divided by the newest GDP figure of the year, whatever the vintage of the flow
gdp as (
    select reference_year, last(value order by {{ vintage_date('vintage') }}, basis) as value
    from economy
    where figure_code = 'gdp_usd'
    group by reference_year
),

ratios as (
    select
        'remittances_received_gdp_pct' as figure_code,
        remittances.basis, remittances.series, remittances.breakdown, remittances.reference_year,
        remittances.vintage, remittances.estimation_method, remittances.months,
        100 * remittances.value / nullif(gdp.value, 0) as value
    from remittances
    inner join gdp on remittances.reference_year = gdp.reference_year
    where remittances.figure_code = 'remittances_received_usd' and remittances.breakdown = '_T'
),

stacked as (
    select * from remittances
    union all
    select * from economy
    union all
    select * from persons
    union all
    select * from ratios
),

final as (
    select
        {{ surrogate_key([
            'stacked.figure_code', 'stacked.basis', 'stacked.series', 'stacked.breakdown',
            'stacked.reference_year', 'stacked.vintage', 'stacked.estimation_method',
        ]) }} as headline_figure_key,

        stacked.figure_code,
        stacked.basis,
        stacked.series,
        stacked.breakdown,
        stacked.reference_year,
        stacked.vintage,
        stacked.estimation_method,
        codes.label_en as figure_en,
        codes.label_lo as figure_lo,
        codes.unit,

        cast(stacked.months as integer) as months,
        stacked.value
    from stacked
    left join codes on stacked.figure_code = codes.code
)

select * from final
order by figure_code, basis, series, breakdown, reference_year, vintage
