with

published as (
    select
        {{ surrogate_key([
            'measure_code', 'basis', 'area_code', 'counterpart_country_code', 'sex_code', 'breakdown_name',
            'breakdown_code', 'time_period', 'vintage', 'relation', 'value',
        ]) }} as reconciliation_key,
        *
    from {{ ref('published_figures') }}
),

ours as (
    select * from {{ ref('indicator_value') }}
    where age_group_code = '_T'
),

-- a figure cited without its vintage, or without its period, is set beside our newest
compared as (
    select
        published.* exclude (unit, value),
        published.unit,
        published.value as their_value,
        round(ours.value / if(published.unit = 'usd_million', 1e6, 1), 6) as our_value,
        ours.time_period as our_time_period,
        ours.indicator_value_key as our_indicator_value_key,
        ours.periods_covered < case ours.frequency_code when 'M' then 1 when 'Q' then 3 when 'S' then 6 else 12 end
            as is_partial,
        -- what takes the figure apart, in one word for readers
        coalesce(nullif(concat_ws(
            ' ',
            nullif(published.area_code, 'LAO'),
            nullif(published.counterpart_country_code, '_T'),
            nullif(published.sex_code, '_T'),
            nullif(published.breakdown_code, '_T')
        ), ''), '_T') as part
    from published
    left join ours
        on published.measure_code = ours.measure_code
        and published.basis = ours.basis
        and published.area_code = ours.area_code
        and published.counterpart_country_code = ours.counterpart_country_code
        and published.sex_code = ours.sex_code
        and published.breakdown_name = ours.breakdown_name
        and published.breakdown_code = ours.breakdown_code
        and published.time_period in ('_Z', ours.time_period)
        and (
            ours.vintage = '_Z'
            or published.vintage = '_Z'
            or starts_with(ours.vintage, published.vintage)
        )
    qualify row_number() over (
        partition by published.reconciliation_key
        order by ours.period_starts_on desc, {{ vintage_date('ours.vintage') }} desc, ours.vintage desc
    ) = 1
),

measured as (
    select
        *,
        -- a bound is met from above, however far
        case
            when is_partial or relation = 'not_comparable' then null
            when relation = 'at_least' and our_value >= their_value then 0
            else round(our_value / nullif(their_value, 0) - 1, 6)
        end as relative_difference
    from compared
),

final as (
    select
        reconciliation_key,

        measure_code,
        basis,
        part,
        area_code,
        counterpart_country_code,
        sex_code,
        breakdown_name,
        breakdown_code,
        time_period,
        vintage,
        relation,
        description,
        unit,
        citation,
        reason,
        reason_lo,
        our_time_period,
        our_indicator_value_key,
        case
            when our_value is null then 'not_delivered'
            when relation = 'not_comparable' then 'not_comparable'
            when is_partial then 'partial_period'
            -- half a per cent is the rounding of figures published in whole millions (2026-11)
            when abs(relative_difference) <= 0.005 then 'agrees'
            else 'differs'
        end as verdict,

        our_value,
        their_value,
        round(our_value - their_value, 4) as difference,
        relative_difference,
        if(reason is null, relative_difference, null) as unexplained_difference
    from measured
)

select * from final
order by measure_code, basis, part, time_period, vintage, their_value
