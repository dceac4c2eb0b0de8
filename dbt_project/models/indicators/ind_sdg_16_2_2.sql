with

victims as (
    {{ coded('fct_trafficking_victim', {
        'counterpart_country_code': ['country', 'exploitation_country_key'],
        'area_code': ['province', 'province_key'],
        'sex_code': ['sex', 'sex_key'],
        'age_group_code': ['age_group', 'age_group_key'],
    }) }}
),

population as (
    select * from {{ ref('int_population_counted') }}
),

detected as (
    select
        * replace (cast(date_trunc('quarter', identified_on) as date) as observed_on),
        case when is_minor then 'minor' when not is_minor then 'adult' else 'unknown' end as age_class,
        exploitation_form_code as exploitation_form
    from victims
),

counted as (
    {% call cells(
        'detected', frequencies=['Q', 'A'], months=3,
        by=['counterpart_country_code', 'area_code', 'age_group_code', 'age_class', 'exploitation_form'],
    ) %}
        count(distinct case_key) as victims
    {% endcall %}
),

cells as (
    select counted.*, population.persons as population
    from counted
    left join population
        on counted.frequency_code = 'A'
        and counted.period_starts_on = population.period_starts_on
        and counted.area_code = population.area_code
        and counted.sex_code = population.sex_code
        and population.age_group_code = '_T'
),

-- age groups of victims and of the population do not always meet, so the rate is by sex and province only
final as (
    {{ indicator_values('cells', [
        {'measure': 'trafficking_victims_detected_persons', 'value': 'victims'},
        {
            'measure': 'trafficking_victims_detected_per_100000', 'factor': 100000,
            'numerator': 'victims', 'denominator': 'population',
            'where': "frequency_code = 'A' and counterpart_country_code = '_T' and age_group_code = '_T'
                and breakdown_name = '_Z' and area_code <> 'LA00' and sex_code <> 'unknown'",
        },
    ]) }}
)

select * from final
