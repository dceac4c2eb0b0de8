with

codes as (
    select
        *,
        coalesce(cast(opened_on as date), date '1900-01-01') as exists_from,
        coalesce(cast(closed_on as date), date '9999-12-31') as exists_to,
        coalesce(cast(international_from as date), date '1900-01-01') as is_international_from,
        coalesce(cast(international_to as date), date '9999-12-31') as is_international_to
    from {{ ref('point_of_entry') }}
),

-- a new version begins when the checkpoint opens, and when it becomes or stops being international
beginnings as (
    select code, exists_from as valid_from from codes
    union
    select code, is_international_from from codes
    where is_international_from > exists_from and is_international_from <= exists_to
    union
    select code, is_international_to + 1 from codes
    where is_international_to >= exists_from and is_international_to < exists_to
),

versions as (
    select
        codes.*,
        beginnings.valid_from,
        coalesce(lead(beginnings.valid_from) over (
            partition by beginnings.code order by beginnings.valid_from
        ) - 1, codes.exists_to) as valid_to,
        -- null where neither date is known
        case when codes.international_from is not null or codes.international_to is not null
            then beginnings.valid_from between codes.is_international_from and codes.is_international_to
        end as is_international
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
        versions.succeeded_by as succeeded_by_code,
        versions.is_international,
        cast(versions.opened_on as date) as opened_on,
        cast(versions.closed_on as date) as closed_on,
        versions.valid_from,
        versions.valid_to
    from versions
    left join {{ ref('dim_province') }} as provinces on versions.province_code = provinces.province_code
    left join {{ ref('dim_country') }} as countries on versions.neighbour_code = countries.country_code
)

select * from final
