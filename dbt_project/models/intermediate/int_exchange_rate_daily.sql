with

daily as (
    select rate_on, base_currency_code as currency_code, min_by(rate, extract) as lak_per_unit
    from {{ ref('int_exchange_rate_deduplicated') }}
    where frequency_code = 'D' and quote_currency_code = 'LAK'
    group by rate_on, base_currency_code
),

monthly as (
    select * from {{ ref('int_exchange_rate_monthly') }}
),

observed as (
    select rate_on as starts_on, rate_on + 7 as ends_on, currency_code from daily
    union all
    select month_on, last_day(month_on), currency_code from monthly
),

currencies as (
    select distinct currency_code from observed
    union
    select 'LAK'
),

calendar as (
    select unnest(generate_series(min(starts_on), max(ends_on), interval 1 day)) as rate_at from observed
),

-- a day without a price takes the latest of the seven days before: weekends and holidays
carried as (
    select
        cast(calendar.rate_at as date) as rate_on,
        currencies.currency_code,
        last_value(daily.lak_per_unit ignore nulls) over latest_week as lak_per_unit,
        last_value(daily.rate_on ignore nulls) over latest_week as observed_on
    from calendar
    cross join currencies
    left join daily
        on calendar.rate_at = daily.rate_on and currencies.currency_code = daily.currency_code
    window latest_week as (
        partition by currencies.currency_code order by calendar.rate_at
        rows between 7 preceding and current row
    )
),

priced as (
    select
        carried.rate_on,
        carried.currency_code,
        case when carried.currency_code = 'LAK' then 1.0
            else coalesce(carried.lak_per_unit, monthly.lak_per_unit) end as lak_per_unit,
        case
            when carried.currency_code = 'LAK' then 'identity'
            when carried.observed_on = carried.rate_on then 'daily'
            when carried.observed_on is not null then 'daily_carried'
            else 'monthly'
        end as rate_source
    from carried
    left join monthly
        on date_trunc('month', carried.rate_on) = monthly.month_on
        and carried.currency_code = monthly.currency_code
),

final as (
    select
        rate_on,
        currency_code,
        rate_source,
        lak_per_unit,
        lak_per_unit
        / max(lak_per_unit) filter (where currency_code = 'USD') over (partition by rate_on) as usd_per_unit
    from priced
    where lak_per_unit is not null
)

select * from final
order by rate_on, currency_code
