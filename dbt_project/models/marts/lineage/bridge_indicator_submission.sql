with

computed as (
    select indicator_value_key, unnest(map_entries(rows_by_submission), recursive := true)
    from {{ ref('int_indicator_computed') }}
),

final as (
    select
        indicator_value_key,
        key as submission_key,
        cast(value as bigint) as rows
    from computed
)

select * from final
order by indicator_value_key, submission_key
