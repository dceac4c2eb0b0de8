with

registered as (
    select * from {{ source('raw', 'extracts') }}
),

final as (
    select
        extract,
        sender,
        ministry_en,
        ministry_lo,
        title_en,
        title_lo,
        record,
        cadence,
        due_day,
        due_until,
        licence,
        citation,
        is_current
    from registered
)

select * from final
