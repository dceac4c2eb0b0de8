with

workers as (
    {{ coded('fct_recruitment_cost', {
        'counterpart_country_code': ['country', 'destination_country_key'],
        'sex_code': ['sex', 'sex_key'],
        'industry': ['industry', 'industry_key'],
    }) }}
),

cells as (
    {% call cells('workers', by=['counterpart_country_code', 'industry'], months=12) %}
        sum(survey_weight) filter (where has_social_security) as covered,
        sum(survey_weight) filter (where has_social_security is not null) as asked_of_cover,
        count(has_social_security) as observations_of_cover,
        sum(survey_weight) filter (where is_informal) as informal,
        sum(survey_weight) filter (where is_informal is not null) as asked_of_form,
        count(is_informal) as observations_of_form
    {% endcall %}
),

final as (
    {{ indicator_values('cells', [
        {
            'measure': 'social_security_coverage_pct', 'factor': 100, 'observations': 'observations_of_cover',
            'numerator': 'coalesce(covered, 0)', 'denominator': 'asked_of_cover',
        },
        {
            'measure': 'informal_employment_pct', 'factor': 100, 'observations': 'observations_of_form',
            'numerator': 'coalesce(informal, 0)', 'denominator': 'asked_of_form',
        },
    ]) }}
)

select * from final
