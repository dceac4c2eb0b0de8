with

stocks as (
    {{ coded('fct_refugee_stock', {
        'origin_code': ['country', 'origin_country_key'],
        'counterpart_country_code': ['country', 'asylum_country_key'],
    }) }}
),

population as (
    select * from {{ ref('int_population_counted') }}
    where area_code = 'LAO' and sex_code = '_T' and age_group_code = '_T'
),

refugees as (
    select * from stocks where origin_code = 'LAO' and population_type_code = 'refugees'
),

counted as (
    {% call cells(
        'refugees', by=['counterpart_country_code'], sex=false, months=12, vintage='vintage', obs_status='obs_status',
    ) %}
        sum(persons) as refugees
    {% endcall %}
),

cells as (
    select counted.*, population.persons as population
    from counted
    left join population on counted.period_starts_on = population.period_starts_on
),

final as (
    {{ indicator_values('cells', [
        {'measure': 'refugees_by_origin_persons', 'value': 'refugees'},
        {
            'measure': 'refugees_by_origin_per_100000', 'factor': 100000,
            'numerator': 'refugees', 'denominator': '(population + refugees)',
            'where': "counterpart_country_code = '_T'",
        },
    ]) }}
)

select * from final
