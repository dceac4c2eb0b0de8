with

events as (
    select * from {{ ref('stg_release_event') }}
),

published as (
    select
        release_version,
        max_by(occurred_at, event_number) as published_at,
        max_by(code_version, event_number) as code_version
    from events
    where event = 'published'
    group by release_version
),

moves as (
    select * from events where event = 'rolled_back'
),

withdrawals as (
    select
        unnest(withdrawn_versions) as release_version,
        release_version as replaced_by_version,
        event_number,
        occurred_at as withdrawn_at,
        done_by as withdrawn_by,
        reason as withdrawal_reason
    from moves
),

-- the last withdrawal of a release, unless latest was moved to it again since
standing as (
    select withdrawals.*
    from withdrawals
    anti join moves as later
        on withdrawals.release_version = later.release_version and withdrawals.event_number < later.event_number
    qualify row_number() over (partition by withdrawals.release_version order by withdrawals.event_number desc) = 1
),

releases as (
    select release_version from published
    union
    select release_version from standing
),

final as (
    select
        {{ surrogate_key(['releases.release_version']) }} as release_key,

        releases.release_version,
        case when standing.release_version is null then 'published' else 'withdrawn' end as release_status,
        published.code_version,
        published.published_at,
        standing.withdrawn_at,
        standing.withdrawn_by,
        standing.withdrawal_reason,
        standing.replaced_by_version
    from releases
    left join published on releases.release_version = published.release_version
    left join standing on releases.release_version = standing.release_version

    union all

    select -1, '_U', '_U', null, null, null, null, null, null
)

select * from final
order by release_version
