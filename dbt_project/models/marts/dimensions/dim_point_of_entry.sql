with

codes as (
    select
        *,
        coalesce(opened_on, date '1900-01-01') as exists_from,
        coalesce(closed_on, date '9999-12-31') as exists_to,
        coalesce(international_from, date '1900-01-01') as is_international_from,
        coalesce(international_to, date '9999-12-31') as is_international_to
    from {{ ref('point_of_entry') }}
),

provinces as (
    select * from {{ ref('dim_province') }}
),

-- a new version begins when the checkpoint opens or has closed, when it becomes or stops being international,
-- and when its province changes
beginnings as (
    select code, date '1900-01-01' as valid_from from codes
    union
    select code, exists_from from codes
    union
    select code, exists_to + 1 from codes where closed_on is not null
    union
    select code, is_international_from from codes
    where is_international_from > exists_from and is_international_from <= exists_to
    union
    select code, is_international_to + 1 from codes
    where is_international_to >= exists_from and is_international_to < exists_to
    union
    select codes.code, provinces.valid_from
    from codes
    inner join provinces on codes.province_code = provinces.province_code
),

versions as (
    select
        codes.*,
        beginnings.valid_from,
        coalesce(lead(beginnings.valid_from) over (
            partition by beginnings.code order by beginnings.valid_from
        ) - 1, date '9999-12-31') as valid_to,
        case
            when codes.is_unknown then 'unknown'
            when beginnings.valid_from < codes.exists_from then 'not_open'
            when beginnings.valid_from > codes.exists_to then 'closed'
            else 'open'
        end as status_code
    from codes
    inner join beginnings on codes.code = beginnings.code
),

final as (
    select
        {{ member_key(['versions.code', 'versions.valid_from'], 'versions.is_unknown') }} as point_of_entry_key,
        coalesce(provinces.province_key, -1) as province_key,
        coalesce(countries.country_key, -1) as neighbour_country_key,

        versions.code as point_of_entry_code,
        versions.label_en as point_of_entry_en,
        versions.label_lo as point_of_entry_lo,
        versions.kind as point_of_entry_kind,
        versions.province_code,
        versions.succeeded_by as succeeded_by_code,
        statuses.code as point_of_entry_status_code,
        statuses.label_en as point_of_entry_status_en,
        statuses.label_lo as point_of_entry_status_lo,
        -- null where neither date is known, and while the checkpoint is not open
        case
            when versions.status_code <> 'open' then null
            when versions.international_from is not null or versions.international_to is not null
                then versions.valid_from between versions.is_international_from and versions.is_international_to
        end as is_international,
        versions.opened_on,
        versions.closed_on,
        versions.valid_from,
        versions.valid_to,
        {{ held_on('versions', as_of_date()) }} as is_current
    from versions
    left join provinces
        on versions.province_code = provinces.province_code
        and {{ held_on('provinces', 'versions.valid_from') }}
    left join {{ ref('dim_country') }} as countries on versions.neighbour_code = countries.country_code
    left join {{ ref('point_of_entry_status') }} as statuses on versions.status_code = statuses.code
)

select * from final
