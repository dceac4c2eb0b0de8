with

recorded as (
    select * from {{ source('raw', 'release_events') }}
),

final as (
    select
        event_number,
        event,
        release_version,
        previous_version,
        withdrawn as withdrawn_versions,
        code_version,
        occurred_at,
        done_by,
        reason
    from recorded
)

select * from final
