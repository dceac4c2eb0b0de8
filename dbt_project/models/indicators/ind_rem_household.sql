with

households as (
    {{ coded('fct_household_remittance', {
        'area_code': ['province', 'province_key'],
        'sex_code': ['sex', 'head_sex_key'],
        'covid_period': ['covid_period', 'covid_period_key'],
    }) }}
),

-- an amount or an income that was not told takes its household out of both sides of the ratio
weighted as (
    select
        *,
        residence_code as residence,
        if(receives is null, null, survey_weight) as answered,
        if(receives, survey_weight, 0) as receiving,
        if(receives, amount_usd, 0) as received_usd,
        household_income_usd is not null and received_usd is not null and receives is not null as has_both
    from households
),

cells as (
    {% call cells('weighted', by=['area_code', 'residence', 'covid_period'], months=12, observations='count(receives)') %}
        sum(answered) as households,
        sum(receiving) as receiving_households,
        sum(survey_weight * cast(received_usd as double)) filter (where has_both) as received_usd,
        sum(survey_weight * cast(household_income_usd as double)) filter (where has_both) as income_usd,
        sum(survey_weight * cast(received_usd as double)) filter (where has_both and receives) as receivers_received_usd,
        sum(survey_weight * cast(household_income_usd as double)) filter (where has_both and receives)
            as receivers_income_usd,
        count(*) filter (where has_both) as with_income,
        count(*) filter (where has_both and receives) as receivers_with_income
    {% endcall %}
),

final as (
    {{ indicator_values('cells', [
        {
            'measure': 'households_receiving_remittances_pct', 'factor': 100,
            'numerator': 'receiving_households', 'denominator': 'households',
        },
        {'measure': 'households_receiving_remittances', 'value': 'receiving_households'},
        {
            'measure': 'remittances_share_of_income_pct', 'factor': 100,
            'numerator': 'received_usd', 'denominator': 'income_usd', 'observations': 'with_income',
        },
        {
            'measure': 'remittances_share_of_receivers_income_pct', 'factor': 100,
            'numerator': 'receivers_received_usd', 'denominator': 'receivers_income_usd',
            'observations': 'receivers_with_income',
        },
    ]) }}
)

select * from final
