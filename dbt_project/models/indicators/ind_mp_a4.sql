with

population as (
    select * from {{ ref('int_population_counted') }}
),

moved as (
    select *, area_code as destination_province
    from {{ ref('int_migrant_stock_counted') }}
    where stock_code = 'internal' and origin_province <> area_code
),

-- each mover stands once with the province gained, once with the province lost
changes as (
    select *, origin_province as other_province, persons as came, 0 as went
    from moved
    union all
    select * replace (origin_province as area_code), destination_province, 0, persons
    from moved
),

counted as (
    {% call cells(
        'changes', by=['area_code', 'age_group_code', ['area_code', 'age_group_code'], ['area_code', 'other_province']],
        months=12, vintage='vintage', estimation_method='estimation_method', obs_status='obs_status',
        row_key='migrant_stock_key',
    ) %}
        sum(came) as came,
        sum(went) as went,
        {{ known_breakdowns() }}
    {% endcall %}
),

cells as (
    select counted.*, population.persons as population
    from counted
    left join population
        on counted.period_starts_on = population.period_starts_on
        and counted.area_code = population.area_code
        and counted.sex_code = population.sex_code
        and counted.age_group_code = population.age_group_code
    where {{ is_known_breakdown() }}
),

final as (
    {%- set by_province = "area_code not in ('LAO', 'LA00')" %}
    {{ indicator_values('cells', [
        {'measure': 'internal_migrants_persons', 'value': 'came'},
        {'measure': 'internal_out_migrants_persons', 'value': 'went', 'where': by_province},
        {'measure': 'internal_net_migrants_persons', 'value': 'came - went', 'where': by_province},
        {
            'measure': 'internal_migrants_population_pct', 'factor': 100, 'numerator': 'came', 'denominator': 'population',
            'where': "breakdown_name = '_Z' and area_code <> 'LA00'",
        },
    ]) }}
)

select * from final
