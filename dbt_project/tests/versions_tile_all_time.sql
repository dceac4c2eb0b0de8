-- Detects a slowly changing dimension in which a day has no version of a member, or two: facts would lose or double rows.
-- Likely cause: a version list whose first version does not begin on 1900-01-01, or a version that was laid over another.
-- A row is one version of a member with the version that should follow or precede it.
{{ config(meta={'dagster': {'ref': {'name': 'dim_province'}}}) }}

{%- set dimensions = {
    'dim_province': ['province_code', 'province_key'],
    'dim_district': ['district_code', 'district_key'],
    'dim_point_of_entry': ['point_of_entry_code', 'point_of_entry_key'],
    'dim_recruitment_agency': ['agency_licence', 'recruitment_agency_key'],
} %}

with

versions as (
    {% for dimension, (code, key) in dimensions.items() %}
    select
        '{{ dimension }}' as dimension,
        {{ code }} as member,
        {{ key }} as version_key,
        valid_from,
        valid_to,
        is_current,
        lag(valid_to) over (partition by {{ code }} order by valid_from) as valid_to_before,
        lead(valid_from) over (partition by {{ code }} order by valid_from) as valid_from_after,
        count(*) filter (where is_current) over (partition by {{ code }}) as current_versions
    from {{ ref(dimension) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select *
from versions
where valid_from > valid_to
    or valid_from <> coalesce(valid_to_before + 1, date '1900-01-01')
    or valid_to <> coalesce(valid_from_after - 1, date '9999-12-31')
    or current_versions <> 1
