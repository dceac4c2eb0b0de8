with

long_stays as (
    select *, stay_kind_code = 'in_lao_pdr' as is_foreign
    from {{ ref('int_stay_classified') }}
    where is_long_term
),

delivered as (
    select
        cast(date_trunc('month', min(crossed_at)) as date) as first_month_on,
        cast(max(crossed_at) as date) as newest_on
    from {{ ref('fct_border_crossing') }}
),

-- each long stay begins with one change of residence, and ends with another once it has ended
changes as (
    select
        *,
        opened_on as changed_on,
        opening_date_key as date_key,
        if(is_foreign, 'immigration', 'emigration') as flow_code
    from long_stays
    union all
    select *, closed_on, closing_date_key, if(is_foreign, 'departure', 'return')
    from long_stays
    where closed_on is not null
),

final as (
    select
        changes.stay_key,
        changes.person_key,
        changes.date_key,
        if(changes.is_foreign, changes.nationality_key, changes.counterpart_country_key) as counterpart_country_key,
        changes.sex_key,
        changes.age_group_key,
        changes.source_key,
        changes.flow_code,
        changes.changed_on,
        delivered.first_month_on,
        delivered.newest_on,
        -- who began a long stay in a year is known a year after it; who ended one, if the beginning is in the data:
        -- five years are the longest contract abroad (assumption, 58 months in the Republic of Korea)
        case
            when changes.flow_code in ('immigration', 'emigration')
                and delivered.newest_on < make_date(year(changes.changed_on) + 1, 12, 31) then 'P'
            when changes.flow_code in ('departure', 'return')
                and delivered.first_month_on > make_date(year(changes.changed_on) - 5, 1, 1) then 'D'
            else 'A'
        end as obs_status
    from changes
    cross join delivered
)

select * from final
