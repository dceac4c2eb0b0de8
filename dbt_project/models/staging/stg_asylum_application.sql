with

landed as (
    select * from {{ source('raw', 'asylum_application') }}
),

final as (
    select
        reference_year,
        origin as origin_code,
        asylum as asylum_code,
        procedure as procedure_code,
        application_type as application_type_code,
        decision_level as decision_level_code,
        counted_in as persons_or_cases_code,
        applications,
        obs_status,
        {{ vintage_or_reach('vintage', '_period') }} as vintage,

        _extract,
        _period,
        _landing_id,
        _sheet,
        _row
    from landed
)

select * from final
