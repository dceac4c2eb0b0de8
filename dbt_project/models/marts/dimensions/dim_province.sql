with

codes as (
    select * from {{ ref('province') }}
),

versions as (
    select
        codes.*,
        coalesce(changes.valid_from, date '1900-01-01') as valid_from,
        coalesce(
            lead(changes.valid_from) over (partition by codes.code order by changes.valid_from) - 1, date '9999-12-31'
        ) as valid_to,
        coalesce(changes.status, if(codes.is_unknown, 'unknown', 'exists')) as status_code,
        coalesce(changes.kind, codes.kind) as kind_code,
        changes.territory_en,
        changes.territory_lo
    from codes
    left join {{ ref('province_version') }} as changes on codes.code = changes.code
),

final as (
    select
        {{ member_key(['versions.code', 'versions.valid_from'], 'versions.is_unknown') }} as province_key,

        versions.code as province_code,
        versions.label_en as province_en,
        versions.label_lo as province_lo,
        versions.lsb_code as province_lsb_code,
        versions.iso_code as province_iso_code,
        kinds.code as province_kind_code,
        kinds.label_en as province_kind_en,
        kinds.label_lo as province_kind_lo,
        statuses.code as province_status_code,
        statuses.label_en as province_status_en,
        statuses.label_lo as province_status_lo,
        versions.territory_en,
        versions.territory_lo,
        versions.valid_from,
        versions.valid_to,
        {{ held_on('versions', as_of_date()) }} as is_current
    from versions
    left join {{ ref('province_kind') }} as kinds on versions.kind_code = kinds.code
    left join {{ ref('area_status') }} as statuses on versions.status_code = statuses.code
)

select * from final
