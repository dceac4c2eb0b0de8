with

codes as (
    select * from {{ ref('district') }}
),

provinces as (
    select * from {{ ref('dim_province') }}
),

changed as (
    select
        codes.* exclude (province_code),
        coalesce(changes.province_code, codes.province_code) as province_code,
        coalesce(changes.valid_from, date '1900-01-01') as changed_from,
        coalesce(
            lead(changes.valid_from) over (partition by codes.code order by changes.valid_from) - 1, date '9999-12-31'
        ) as changed_to,
        coalesce(changes.status, if(codes.is_unknown, 'unknown', 'exists')) as status_code,
        changes.note_en,
        changes.note_lo
    from codes
    left join {{ ref('district_version') }} as changes on codes.code = changes.code
),

-- a new version begins when the district changes, and when its province does: a version lies in one version of it
versions as (
    select
        changed.*,
        coalesce(provinces.province_key, -1) as province_key,
        greatest(changed.changed_from, provinces.valid_from) as valid_from,
        least(changed.changed_to, provinces.valid_to) as valid_to
    from changed
    left join provinces
        on changed.province_code = provinces.province_code
        and changed.changed_from <= provinces.valid_to
        and changed.changed_to >= provinces.valid_from
),

final as (
    select
        {{ member_key(['versions.code', 'versions.valid_from'], 'versions.is_unknown') }} as district_key,
        versions.province_key,

        versions.code as district_code,
        versions.label_en as district_en,
        versions.label_lo as district_lo,
        versions.province_code,
        statuses.code as district_status_code,
        statuses.label_en as district_status_en,
        statuses.label_lo as district_status_lo,
        versions.note_en as district_note_en,
        versions.note_lo as district_note_lo,
        versions.valid_from,
        versions.valid_to,
        {{ held_on('versions', as_of_date()) }} as is_current
    from versions
    left join {{ ref('area_status') }} as statuses on versions.status_code = statuses.code
)

select * from final
