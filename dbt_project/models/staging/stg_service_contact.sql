with

landed as (
    select * from {{ source('raw', 'service_contact') }}
),

final as (
    select
        person_key,
        contacted_on,
        centre as centre_code,
        sex as sex_code,
        service as service_code,
        topic as topic_code,
        destination as destination_code,
        amount_recovered,
        currency as currency_code,

        _extract,
        _period,
        _landing_id,
        _sheet,
        _row
    from landed
)

select * from final
