with

landed as (
    select * from {{ source('raw', 'household_remittance') }}
),

final as (
    select
        household_key,
        round as survey_round,
        round_start as round_starts_on,
        covid_period as covid_period_code,
        province as province_code,
        residence as residence_code,
        head_sex as head_sex_code,
        case receives when 'yes' then true when 'no' then false end as receives,
        currency as currency_code,
        -- a household that receives none was not asked how and what for
        case when receives = 'no' then '_Z' else channel end as channel_code,
        case when receives = 'no' then '_Z' else main_use end as main_use_code,
        amount,
        household_income,
        survey_weight,

        _extract,
        _period,
        _landing_id,
        _sheet,
        _row
    from landed
)

select * from final
