with

workers as (
    {{ coded('fct_recruitment_cost', {
        'counterpart_country_code': ['country', 'destination_country_key'],
        'sex_code': ['sex', 'sex_key'],
        'industry': ['industry', 'industry_key'],
    }) }}
),

-- who did not tell cost and earnings is in neither form of the indicator
answered as (
    select
        *,
        survey_weight * cast(recruitment_cost_usd as double) as weighted_cost_usd,
        survey_weight * cast(first_month_earnings_usd as double) as weighted_earnings_usd,
        survey_weight * cost_in_months_of_earnings as weighted_ratio
    from workers
    where recruitment_cost_usd is not null and first_month_earnings_usd > 0
),

cells as (
    {% call cells('answered', by=['counterpart_country_code', 'industry'], months=12) %}
        sum(survey_weight) as persons,
        sum(weighted_cost_usd) as cost_usd,
        sum(weighted_earnings_usd) as earnings_usd,
        sum(weighted_ratio) as ratios
    {% endcall %}
),

final as (
    {{ indicator_values('cells', [
        {'measure': 'recruitment_cost_mean_of_ratios', 'numerator': 'ratios', 'denominator': 'persons'},
        {'measure': 'recruitment_cost_ratio_of_means', 'numerator': 'cost_usd', 'denominator': 'earnings_usd'},
        {'measure': 'recruitment_cost_mean_usd', 'numerator': 'cost_usd', 'denominator': 'persons'},
        {'measure': 'first_month_earnings_mean_usd', 'numerator': 'earnings_usd', 'denominator': 'persons'},
        {'measure': 'recruited_workers_persons', 'value': 'persons'},
    ]) }}
)

select * from final
