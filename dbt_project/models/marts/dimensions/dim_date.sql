{%- set months_lo = [
    'ມັງກອນ', 'ກຸມພາ', 'ມີນາ', 'ເມສາ', 'ພຶດສະພາ', 'ມິຖຸນາ',
    'ກໍລະກົດ', 'ສິງຫາ', 'ກັນຍາ', 'ຕຸລາ', 'ພະຈິກ', 'ທັນວາ',
] -%}
{%- set weekdays_lo = [
    'ວັນຈັນ', 'ວັນອັງຄານ', 'ວັນພຸດ', 'ວັນພະຫັດ', 'ວັນສຸກ', 'ວັນເສົາ', 'ວັນອາທິດ',
] -%}
with

covid_periods as (
    select * from {{ ref('dim_covid_period') }}
),

calendar as (
    select cast(generate_series as date) as date_on
    from generate_series(timestamp '1950-01-01', timestamp '2035-12-31', interval 1 day)

    union all

    select null
),

final as (
    select
        {{ date_key('calendar.date_on') }} as date_key,
        coalesce(covid_periods.covid_period_key, -1) as covid_period_key,

        calendar.date_on,
        cast(year(calendar.date_on) as integer) as year,
        cast(quarter(calendar.date_on) as integer) as quarter,
        cast(month(calendar.date_on) as integer) as month,
        cast(day(calendar.date_on) as integer) as day,
        cast(isodow(calendar.date_on) as integer) as weekday,
        strftime(calendar.date_on, '%Y-%m') as year_month,
        strftime(calendar.date_on, '%Y') || '-Q' || quarter(calendar.date_on) as year_quarter,
        cast(date_trunc('month', calendar.date_on) as date) as month_on,
        monthname(calendar.date_on) as month_en,
        {{ months_lo }}[month(calendar.date_on)] as month_lo,
        dayname(calendar.date_on) as weekday_en,
        {{ weekdays_lo }}[isodow(calendar.date_on)] as weekday_lo,
        -- the academic year starts in September
        year(calendar.date_on - interval 8 months) || '/'
        || right(cast(year(calendar.date_on + interval 4 months) as varchar), 2) as academic_year,
        coalesce(covid_periods.covid_period_code, '_U') as covid_period_code
    from calendar
    left join covid_periods
        on calendar.date_on between coalesce(covid_periods.starts_on, date '1900-01-01')
        and coalesce(covid_periods.ends_on, date '9999-12-31')
        and covid_periods.covid_period_key <> -1
)

select * from final
