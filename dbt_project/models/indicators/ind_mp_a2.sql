with

stocks as (
    select * from {{ ref('int_migrant_stock_counted') }} where stock_code = 'abroad'
),

changes as (
    {{ coded('int_stay_long_term', {
        'counterpart_country_code': ['country', 'counterpart_country_key'],
        'sex_code': ['sex', 'sex_key'],
        'age_group_code': ['age_group', 'age_group_key'],
    }) }}
),

emigrated as (
    select * from changes where flow_code = 'emigration'
),

counted as (
    {% call cells(
        'stocks', by=['counterpart_country_code', 'age_group_code'], months=12,
        vintage='vintage', estimation_method='estimation_method', obs_status='obs_status',
    ) %}
        sum(persons) as persons,
        {{ known_breakdowns() }}
    {% endcall %}
),

stock_cells as (
    select * from counted where {{ is_known_breakdown() }}
),

emigrated_cells as (
    {% call cells(
        'emigrated', by=['counterpart_country_code', 'age_group_code'], basis="'stay'", obs_status='obs_status',
        submission=none,
    ) %}
        count(distinct person_key) as persons
    {% endcall %}
),

final as (
    {{ indicator_values('stock_cells', [{'measure': 'lao_abroad_persons', 'value': 'persons'}]) }}
    union all
    {{ indicator_values('emigrated_cells', [{'measure': 'emigrants_long_term_persons', 'value': 'persons'}]) }}
)

select * from final
