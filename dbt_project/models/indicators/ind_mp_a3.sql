with

stocks as (
    {{ coded('fct_migrant_stock', {
        'origin_code': ['country', 'origin_country_key'],
        'counterpart_country_code': ['country', 'destination_country_key'],
        'sex_code': ['sex', 'sex_key'],
    }) }}
),

returns as (
    {{ coded('fct_return', {
        'counterpart_country_code': ['country', 'country_left_key'],
        'area_code': ['province', 'province_key'],
        'sex_code': ['sex', 'sex_key'],
        'age_group_code': ['age_group', 'age_group_key'],
    }) }}
),

-- work permits of a host country, which tell whether the worker came in the regular way
registered as (
    select *, permit_status_code as permit_status
    from stocks
    where origin_code = 'LAO' and permit_status_code <> '_T'
),

deported as (
    select * from returns where return_reason_code = 'deported'
),

registered_cells as (
    {% call cells(
        'registered', by=['counterpart_country_code', 'permit_status'], months=12,
        vintage='vintage', estimation_method='estimation_method', obs_status='obs_status',
    ) %}
        sum(persons) as persons,
        coalesce(sum(persons) filter (where permit_status = 'irregular'), 0) as irregular_persons
    {% endcall %}
),

deported_cells as (
    {% call cells(
        'deported', by=['counterpart_country_code', 'area_code', 'age_group_code'], frequencies=['Q', 'A'],
    ) %}
        count(*) as returns
    {% endcall %}
),

final as (
    {{ indicator_values('registered_cells', [
        {'measure': 'registered_workers_abroad_persons', 'value': 'persons'},
        {
            'measure': 'registered_workers_irregular_pct', 'factor': 100,
            'numerator': 'irregular_persons', 'denominator': 'persons', 'where': "breakdown_name = '_Z'",
        },
    ]) }}
    union all
    {{ indicator_values('deported_cells', [{'measure': 'deported_returns_events', 'value': 'returns'}]) }}
)

select * from final
