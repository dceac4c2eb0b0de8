with

permits as (
    {{ coded('fct_foreign_permit', {
        'counterpart_country_code': ['country', 'nationality_key'],
        'area_code': ['province', 'province_key'],
        'sex_code': ['sex', 'sex_key'],
        'age_group_code': ['age_group', 'age_group_key'],
        'industry': ['industry', 'industry_key'],
        'occupation_major': ['occupation', 'occupation_key'],
    }) }}
),

issued as (
    select
        * replace (left(occupation_major, 1) as occupation_major),
        special_economic_zone_code as special_economic_zone,
        min(issued_on) over () as first_issued_on,
        max(issued_on) over () as last_issued_on
    from permits
    where permit_kind_code = 'work'
),

years as (
    select unnest(range(year(min(issued_on)), year(max(issued_on)) + 1)) as year from issued
),

-- who holds a valid permit on the last day of the year, or on the last day known of a year not over; permits issued
-- before the first delivery are not known, so the first twelve months count too few
held as (
    select
        issued.* replace (make_date(years.year, 1, 1) as observed_on),
        case
            when issued.last_issued_on < make_date(years.year, 12, 31) - 31 then 'P'
            when issued.first_issued_on > make_date(years.year, 1, 1) + 31 then 'D'
            else 'A'
        end as obs_status
    from issued
    inner join years
        on least(make_date(years.year, 12, 31), issued.last_issued_on) between issued.issued_on and issued.valid_until
),

held_cells as (
    {% call cells(
        'held', months=12, obs_status='obs_status',
        by=['counterpart_country_code', 'area_code', 'age_group_code', 'industry', 'occupation_major', 'special_economic_zone'],
    ) %}
        count(distinct person_key) as persons
    {% endcall %}
),

issued_cells as (
    {% call cells('issued', frequencies=['M', 'A'], by=['counterpart_country_code', 'area_code', 'industry']) %}
        count(distinct permit_key) as permits
    {% endcall %}
),

final as (
    {{ indicator_values('held_cells', [{'measure': 'foreign_workers_persons', 'value': 'persons'}]) }}
    union all
    {{ indicator_values('issued_cells', [{'measure': 'work_permits_issued_events', 'value': 'permits'}]) }}
)

select * from final
