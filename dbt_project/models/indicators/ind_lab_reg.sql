with

contracts as (
    {{ coded('fct_labour_deployment', {
        'counterpart_country_code': ['country', 'destination_country_key'],
        'area_code': ['province', 'province_key'],
        'sex_code': ['sex', 'sex_key'],
        'age_group_code': ['age_group', 'age_group_key'],
        'occupation': ['occupation', 'occupation_key'],
    }) }}
),

-- a contract counts in the month it starts; those starting after the last departure delivered are not all known yet
started as (
    select
        * replace (contract_starts_on as observed_on),
        left(occupation, 1) as occupation_major,
        if(last_day(contract_starts_on) > max(departed_on) over (), 'P', 'A') as obs_status
    from contracts
),

cells as (
    {% call cells(
        'started', frequencies=['M', 'A'], basis="'labour_deployment'", obs_status='obs_status',
        by=['counterpart_country_code', 'area_code', 'age_group_code', 'occupation_major'],
    ) %}
        count(distinct person_key) as workers,
        median(wage_usd) as wage_usd_median,
        count(wage_usd) as wages
    {% endcall %}
),

final as (
    {{ indicator_values('cells', [
        {'measure': 'labour_deployments_contracts', 'value': 'observations'},
        {'measure': 'labour_deployments_workers_persons', 'value': 'workers'},
        {'measure': 'labour_deployments_wage_usd_median', 'value': 'wage_usd_median', 'observations': 'wages'},
    ]) }}
)

select * from final
