with

deployments as (
    select * from {{ ref('stg_labour_deployment') }}
),

final as (
    select
        {{ name_key('agency_licence') }} as recruitment_agency_key,

        last({{ folded('agency_licence') }} order by departed_on, agency_licence) as agency_licence,
        min(departed_on) as first_seen_on,
        max(departed_on) as last_seen_on
    from deployments
    where agency_licence is not null
    group by recruitment_agency_key

    union all

    select -1, 'Unknown', null, null
)

select * from final
