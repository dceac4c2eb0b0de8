with

returns as (
    {{ coded('fct_return', {
        'counterpart_country_code': ['country', 'country_left_key'],
        'area_code': ['province', 'province_key'],
        'sex_code': ['sex', 'sex_key'],
        'age_group_code': ['age_group', 'age_group_key'],
    }) }}
),

changes as (
    {{ coded('int_stay_long_term', {
        'counterpart_country_code': ['country', 'counterpart_country_key'],
        'sex_code': ['sex', 'sex_key'],
        'age_group_code': ['age_group', 'age_group_key'],
    }) }}
),

reports as (
    {{ coded('fct_returnee_count', {'area_code': ['province', 'province_key'], 'sex_code': ['sex', 'sex_key']}) }}
),

documented as (
    select *, return_reason_code as return_reason from returns where person_key <> -1
),

returned as (
    select * from changes where flow_code = 'return'
),

months as (
    select distinct cast(date_trunc('month', observed_on) as date) as month_on from reports
),

-- a province that did not report in a month stands with its last count before
cumulated as (
    select reports.* exclude (observed_on), months.month_on as observed_on
    from months
    inner join reports on reports.observed_on <= last_day(months.month_on)
    qualify reports.reported_on = max(reports.reported_on) over (
        partition by months.month_on, reports.basis, reports.area_code, reports.sex_code
    )
),

documented_cells as (
    {% call cells('documented', by=['counterpart_country_code', 'area_code', 'age_group_code', 'return_reason']) %}
        count(distinct person_key) as persons
    {% endcall %}
),

returned_cells as (
    {% call cells(
        'returned', by=['counterpart_country_code', 'age_group_code'], basis="'stay'", obs_status='obs_status',
        submission=none,
    ) %}
        count(distinct person_key) as persons
    {% endcall %}
),

cumulated_cells as (
    {% call cells('cumulated', frequencies=['M'], by=['area_code']) %}
        sum(cumulative_returnees) as persons
    {% endcall %}
),

reported_cells as (
    {% call cells('reports', frequencies=['M', 'A'], by=['area_code']) %}
        sum(new_returnees) as persons
    {% endcall %}
),

final as (
    {{ indicator_values('documented_cells', [{'measure': 'return_migrants_persons', 'value': 'persons'}]) }}
    union all
    {{ indicator_values('returned_cells', [{'measure': 'return_migrants_long_term_persons', 'value': 'persons'}]) }}
    union all
    {{ indicator_values('cumulated_cells', [{'measure': 'covid_returnees_cumulative_persons', 'value': 'persons'}]) }}
    union all
    {{ indicator_values('reported_cells', [{'measure': 'covid_returnees_new_persons', 'value': 'persons'}]) }}
)

select * from final
