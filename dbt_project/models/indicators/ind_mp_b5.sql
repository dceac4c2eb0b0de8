with

screenings as (
    {{ coded('fct_health_screening', {
        'counterpart_country_code': ['country', 'nationality_key'],
        'area_code': ['province', 'province_key'],
        'point_of_entry': ['point_of_entry', 'point_of_entry_key'],
        'covid_period': ['date', 'date_key', 'covid_period_code'],
    }) }}
),

cells as (
    {% call cells(
        'screenings', frequencies=['M', 'A'], sex=false,
        by=['counterpart_country_code', 'area_code', 'point_of_entry', 'covid_period'],
    ) %}
        sum(persons_screened) as screened,
        sum(suspected) as suspected,
        sum(confirmed) as confirmed,
        sum(quarantined) as quarantined,
        sum(confirmed) filter (where persons_screened is not null) as confirmed_of_screened,
        sum(persons_screened) filter (where confirmed is not null) as screened_with_result,
        count(persons_screened) as observations_screened,
        count(suspected) as observations_suspected,
        count(confirmed) as observations_confirmed,
        count(quarantined) as observations_quarantined
    {% endcall %}
),

final as (
    {{ indicator_values('cells', [
        {'measure': 'health_screened_persons', 'value': 'screened', 'observations': 'observations_screened'},
        {'measure': 'health_suspected_persons', 'value': 'suspected', 'observations': 'observations_suspected'},
        {'measure': 'health_confirmed_persons', 'value': 'confirmed', 'observations': 'observations_confirmed'},
        {'measure': 'health_quarantined_persons', 'value': 'quarantined', 'observations': 'observations_quarantined'},
        {
            'measure': 'health_confirmed_per_1000_screened', 'factor': 1000, 'observations': 'observations_confirmed',
            'numerator': 'confirmed_of_screened', 'denominator': 'screened_with_result',
        },
    ]) }}
)

select * from final
