with

-- a name has many transfers: it is folded once
names as (
    select provider_name, min(sent_on) as first_seen_on, max(sent_on) as last_seen_on
    from {{ ref('stg_remittance_transfer') }}
    where provider_name is not null
    group by provider_name
),

final as (
    select
        {{ name_key('provider_name') }} as provider_key,

        last(provider_name order by last_seen_on, provider_name) as provider_name,
        min(first_seen_on) as first_seen_on,
        max(last_seen_on) as last_seen_on
    from names
    group by provider_key

    union all

    select -1, 'Unknown', null, null
)

select * from final
