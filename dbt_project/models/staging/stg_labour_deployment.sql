with

landed as (
    select * from {{ source('raw', 'labour_deployment') }}
),

final as (
    select
        person_key,
        permit_key,
        sex as sex_code,
        birth_date,
        province as province_code,
        district as district_code,
        destination as destination_code,
        agency_licence,
        employer_sector as industry_code,
        occupation as occupation_code,
        occupation_text,
        occupation_score,
        contract_start as contract_starts_on,
        contract_end as contract_ends_on,
        wage,
        wage_currency as wage_currency_code,
        fee_paid as fee,
        fee_currency as fee_currency_code,
        departure_date as departed_on,

        _extract,
        _period,
        _landing_id,
        _sheet,
        _row
    from landed
)

select * from final
