with

computed as (
    select * from {{ ref('int_indicator_computed') }}
),

breaks as (
    select * from {{ ref('series_break') }}
),

final as (
    select
        computed.indicator_value_key,
        {{ surrogate_key(['computed.measure_code']) }} as indicator_key,
        {{ date_key('computed.period_starts_on') }} as date_key,
        computed.source_key,

        measures.indicator_code,
        computed.measure_code,
        computed.frequency_code,
        case computed.frequency_code
            when 'A' then strftime(computed.period_starts_on, '%Y')
            when 'S' then strftime(computed.period_starts_on, '%Y') || if(month(computed.period_starts_on) = 1, '-S1', '-S2')
            when 'Q' then strftime(computed.period_starts_on, '%Y') || '-Q' || quarter(computed.period_starts_on)
            when 'M' then strftime(computed.period_starts_on, '%Y-%m')
        end as time_period,
        computed.period_starts_on,
        computed.area_code,
        computed.counterpart_country_code,
        computed.sex_code,
        computed.age_group_code,
        computed.breakdown_name,
        computed.breakdown_code,
        computed.basis,
        computed.vintage,
        computed.estimation_method,
        -- a registered break is no outlier: the first year after it says so
        if(breaks.series is not null and computed.obs_status = 'A', 'B', computed.obs_status) as obs_status,
        cast(computed.periods_covered as integer) as periods_covered,

        computed.value,
        computed.numerator,
        computed.denominator,
        computed.observations
    from computed
    left join {{ ref('indicator') }} as measures on computed.measure_code = measures.measure_code
    left join breaks
        on computed.basis = breaks.series
        and computed.frequency_code = 'A'
        and year(computed.period_starts_on) = breaks.first_year
)

select * from final
order by measure_code, basis, vintage, frequency_code, period_starts_on, indicator_value_key
