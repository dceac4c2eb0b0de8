with

published as (
    select * from {{ ref('published_figures') }}
),

headline as (
    select * from {{ ref('headline_figure') }}
),

-- a figure cited without its vintage is set beside our newest
compared as (
    select
        published.*,
        round(headline.value / if(published.unit = 'usd_million', 1e6, 1), 6) as our_value,
        coalesce(headline.months, 12) as months
    from published
    left join headline
        on published.figure_code = headline.figure_code
        and published.basis = headline.basis
        and published.breakdown = headline.breakdown
        and published.year = headline.reference_year
        and (
            headline.vintage = '_Z'
            or published.vintage = '_Z'
            or starts_with(headline.vintage, published.vintage)
        )
    qualify row_number() over (
        partition by published.figure_code, published.basis, published.breakdown, published.year, published.vintage
        order by {{ vintage_date('headline.vintage') }} desc, headline.series
    ) = 1
),

final as (
    select
        {{ surrogate_key(['figure_code', 'basis', 'breakdown', 'year', 'vintage']) }} as reconciliation_key,

        figure_code,
        basis,
        breakdown,
        description,
        cast(year as integer) as year,
        vintage,
        unit,
        citation,
        reason,
        case
            when our_value is null then 'not_delivered'
            when months < 12 then 'partial_year'
            -- half a per cent is the rounding of figures published in whole millions (2026-11)
            when abs(our_value / value - 1) <= 0.005 then 'agrees'
            else 'differs'
        end as verdict,

        our_value,
        value as their_value,
        round(our_value - value, 4) as difference,
        case when months = 12 then round(our_value / nullif(value, 0) - 1, 6) end as relative_difference
    from compared
)

select * from final
order by figure_code, basis, breakdown, year, vintage
