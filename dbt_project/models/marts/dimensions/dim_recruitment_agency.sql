with

deployments as (
    select * from {{ ref('stg_labour_deployment') }}
),

registered as (
    select * from {{ ref('int_agency_licence_version') }}
),

seen as (
    select
        {{ folded('agency_licence') }} as agency_licence,
        min(departed_on) as first_seen_on,
        max(departed_on) as last_seen_on
    from deployments
    where agency_licence is not null
    group by all
),

versions as (
    select * from registered
    union all by name
    select
        agency_licence,
        'not_registered' as licence_status_code,
        date '1900-01-01' as valid_from,
        date '9999-12-31' as valid_to
    from seen
    where agency_licence not in (select agency_licence from registered)
    union all by name
    select
        'Unknown' as agency_licence,
        'unknown' as licence_status_code,
        date '1900-01-01' as valid_from,
        date '9999-12-31' as valid_to
),

final as (
    select
        {{ member_key(['versions.agency_licence', 'versions.valid_from'], "versions.licence_status_code = 'unknown'") }}
            as recruitment_agency_key,

        versions.agency_licence,
        versions.agency_en,
        versions.agency_lo,
        coalesce(versions.province_code, 'LA00') as province_code,
        statuses.code as licence_status_code,
        statuses.label_en as licence_status_en,
        statuses.label_lo as licence_status_lo,
        versions.licence_status_code = 'active' as is_licensed,
        seen.first_seen_on,
        seen.last_seen_on,
        versions.valid_from,
        versions.valid_to,
        {{ held_on('versions', as_of_date()) }} as is_current
    from versions
    left join seen on versions.agency_licence = seen.agency_licence
    left join {{ ref('licence_status') }} as statuses on versions.licence_status_code = statuses.code
)

select * from final
