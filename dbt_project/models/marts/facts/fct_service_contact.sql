with

load_units as (
    {{ load_units_to_load('service_contact') }}
),

contacts as (
    select
        landed.*,
        load_units.load_key,
        centres.province_code,
        {{ converted('landed.amount_recovered', 'landed.currency_code', 'USD', 'rates.usd_per_unit') }}
            as amount_recovered_usd
    from {{ ref('stg_service_contact') }} as landed
    inner join load_units on landed._landing_id = load_units.landing_id
    left join {{ ref('resource_centre') }} as centres on landed.centre_code = centres.code
    left join {{ ref('int_exchange_rate_daily') }} as rates
        on landed.contacted_on = rates.rate_on and landed.currency_code = rates.currency_code
),

final as (
    select
        {{ surrogate_key(['contacts._extract', 'contacts._period', 'contacts._sheet', 'contacts._row']) }}
            as service_contact_key,
        {{ date_key('contacts.contacted_on') }} as date_key,
        coalesce(contacts.person_key, -1) as person_key,
        coalesce(sexes.sex_key, -1) as sex_key,
        coalesce(destinations.country_key, -1) as destination_country_key,
        coalesce(provinces.province_key, -1) as province_key,
        coalesce(currencies.currency_key, -1) as currency_key,
        {{ source_key('contacts._extract') }} as source_key,
        contacts._landing_id as submission_key,

        contacts.contacted_on,
        contacts.centre_code,
        contacts.service_code,
        contacts.topic_code,
        'event' as measure_type,
        'reported' as estimation_method,

        contacts.amount_recovered,
        contacts.amount_recovered_usd,

        contacts.load_key as _load_key,
        contacts._row
    from contacts
    left join {{ ref('dim_sex') }} as sexes on contacts.sex_code = sexes.sex_code
    left join {{ ref('dim_country') }} as destinations on contacts.destination_code = destinations.country_code
    left join {{ ref('dim_province') }} as provinces
        on contacts.province_code = provinces.province_code
        and {{ held_on('provinces', 'contacts.contacted_on') }}
    left join {{ ref('dim_currency') }} as currencies on contacts.currency_code = currencies.currency_code
)

select * from final
order by contacted_on, service_contact_key
