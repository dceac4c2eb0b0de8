with

transfers as (
    select * from {{ ref('stg_remittance_transfer') }}
),

final as (
    select
        {{ name_key('provider_name') }} as provider_key,

        last(provider_name order by sent_on, provider_name) as provider_name,
        min(sent_on) as first_seen_on,
        max(sent_on) as last_seen_on
    from transfers
    where provider_name is not null
    group by provider_key

    union all

    select -1, 'Unknown', null, null
)

select * from final
