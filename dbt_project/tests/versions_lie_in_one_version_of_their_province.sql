-- Detects a district or checkpoint whose version outlasts its province's: a roll-up would give another province than the date.
-- Likely cause: a dimension that joins dim_province by code alone, or a district list that contradicts its versions.
-- A row is one version with the province version it points to.
{{ config(meta={'dagster': {'ref': {'name': 'dim_district'}}}) }}

with

versions as (
    select 'dim_district' as dimension, district_code as member, province_key, province_code, valid_from, valid_to
    from {{ ref('dim_district') }}
    union all
    select 'dim_point_of_entry', point_of_entry_code, province_key, province_code, valid_from, valid_to
    from {{ ref('dim_point_of_entry') }}
),

today as (
    select districts.district_code as member
    from {{ ref('dim_district') }} as districts
    inner join {{ ref('district') }} as codes on districts.district_code = codes.code
    where districts.is_current and districts.province_code <> codes.province_code
)

select versions.dimension, versions.member, versions.valid_from
from versions
left join {{ ref('dim_province') }} as provinces on versions.province_key = provinces.province_key
where versions.province_code is distinct from provinces.province_code
    or versions.valid_from < provinces.valid_from
    or versions.valid_to > provinces.valid_to
union all
select 'dim_district', member, null from today
