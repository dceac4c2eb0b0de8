with

stocks as (
    select * from {{ ref('int_migrant_stock_counted') }} where stock_code = 'in_lao_pdr'
),

changes as (
    {{ coded('int_stay_long_term', {
        'counterpart_country_code': ['country', 'counterpart_country_key'],
        'sex_code': ['sex', 'sex_key'],
        'age_group_code': ['age_group', 'age_group_key'],
    }) }}
),

permits as (
    {{ coded('fct_foreign_permit', {
        'counterpart_country_code': ['country', 'nationality_key'],
        'area_code': ['province', 'province_key'],
        'sex_code': ['sex', 'sex_key'],
        'age_group_code': ['age_group', 'age_group_key'],
    }) }}
),

immigrated as (
    select * from changes where flow_code = 'immigration'
),

residing as (
    select * from permits where permit_kind_code = 'residence'
),

counted as (
    {% call cells(
        'stocks', by=['counterpart_country_code', 'age_group_code', 'area_code'], months=12,
        vintage='vintage', estimation_method='estimation_method', obs_status='obs_status',
    ) %}
        sum(persons) as persons,
        {{ known_breakdowns() }}
    {% endcall %}
),

stock_cells as (
    select * from counted where {{ is_known_breakdown() }}
),

immigrated_cells as (
    {% call cells(
        'immigrated', by=['counterpart_country_code', 'age_group_code'], basis="'stay'", obs_status='obs_status',
        submission=none,
    ) %}
        count(distinct person_key) as persons
    {% endcall %}
),

permit_cells as (
    {% call cells(
        'residing', by=['counterpart_country_code', 'age_group_code', 'area_code'], frequencies=['M', 'A'],
    ) %}
        count(distinct permit_key) as permits
    {% endcall %}
),

final as (
    {{ indicator_values('stock_cells', [{'measure': 'foreigners_in_lao_pdr_persons', 'value': 'persons'}]) }}
    union all
    {{ indicator_values('immigrated_cells', [{'measure': 'immigrants_long_term_persons', 'value': 'persons'}]) }}
    union all
    {{ indicator_values('permit_cells', [{'measure': 'residence_permits_issued_events', 'value': 'permits'}]) }}
)

select * from final
