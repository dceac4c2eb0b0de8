with

returns as (
    {{ coded('fct_return', {
        'counterpart_country_code': ['country', 'country_left_key'],
        'area_code': ['province', 'province_key'],
        'sex_code': ['sex', 'sex_key'],
        'age_group_code': ['age_group', 'age_group_key'],
        'covid_period': ['date', 'date_key', 'covid_period_code'],
    }) }}
),

deployments as (
    select person_key, departed_on from {{ ref('fct_labour_deployment') }}
),

known as (
    select
        cast(date_trunc('month', min(departed_on)) as date) as first_on,
        max(departed_on) as last_on
    from deployments
),

-- the first deployment after the return; only a known person with a year of known deployments ahead can tell
followed as (
    select
        returns.*,
        returns.return_reason_code as return_reason,
        coalesce(
            returns.person_key <> -1
            and returns.returned_on >= known.first_on
            and returns.returned_on + interval 12 months <= known.last_on,
            false
        ) as is_followed,
        is_followed and coalesce(deployments.departed_on <= returns.returned_on + interval 12 months, false)
            as has_departed_again
    from returns
    cross join known
    asof left join deployments
        on returns.person_key = deployments.person_key and returns.returned_on < deployments.departed_on
),

cells as (
    {% call cells(
        'followed', frequencies=['M', 'A'],
        by=['counterpart_country_code', 'area_code', 'age_group_code', 'covid_period', 'return_reason'],
    ) %}
        count(*) as returns,
        count(*) filter (where is_followed) as followed,
        count(*) filter (where has_departed_again) as departed_again
    {% endcall %}
),

final as (
    {{ indicator_values('cells', [
        {'measure': 'returns_events', 'value': 'returns'},
        {
            'measure': 'returns_departing_again_pct', 'factor': 100, 'observations': 'followed',
            'numerator': 'departed_again', 'denominator': 'followed', 'where': "frequency_code = 'A'",
        },
    ]) }}
)

select * from final
