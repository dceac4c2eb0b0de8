with

population as (
    select * from {{ ref('int_population_counted') }}
),

changes as (
    {{ coded('int_stay_long_term', {'sex_code': ['sex', 'sex_key']}) }}
),

counted as (
    {% call cells('changes', basis="'stay'", obs_status='obs_status', submission=none) %}
        count(*) filter (where flow_code in ('immigration', 'return')) as came,
        count(*) filter (where flow_code in ('emigration', 'departure')) as went,
        min(first_month_on) as first_month_on,
        max(newest_on) as newest_on
    {% endcall %}
),

-- a balance needs both sides: all long stays begun in the year known, and a year of crossings before it
cells as (
    select
        counted.*,
        case
            when counted.first_month_on <= counted.period_starts_on - interval 1 year
                and counted.newest_on >= counted.period_starts_on + interval 2 years - interval 1 day
                then counted.came - counted.went
        end as net_migrants,
        population.persons as population
    from counted
    left join population
        on counted.period_starts_on = population.period_starts_on
        and counted.sex_code = population.sex_code
        and population.area_code = 'LAO'
        and population.age_group_code = '_T'
),

final as (
    {{ indicator_values('population', [{'measure': 'population_persons', 'value': 'persons'}]) }}
    union all
    {{ indicator_values('cells', [
        {'measure': 'net_migration_persons', 'value': 'net_migrants'},
        {
            'measure': 'net_migration_per_1000', 'factor': 1000, 'numerator': 'net_migrants', 'denominator': 'population',
            'where': "sex_code <> 'unknown'",
        },
    ]) }}
)

select * from final
