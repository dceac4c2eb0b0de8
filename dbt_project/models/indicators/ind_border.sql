with

crossings as (
    select
        months.month_on as observed_on,
        months.direction_code,
        months.crossings,
        cast(-1 as bigint) as source_key,
        sexes.sex_code,
        countries.country_code as counterpart_country_code,
        points.province_code as area_code,
        points.point_of_entry_code as point_of_entry
    from {{ ref('agg_border_crossing_month') }} as months
    inner join {{ ref('dim_sex') }} as sexes on months.sex_key = sexes.sex_key
    inner join {{ ref('dim_country') }} as countries on months.nationality_key = countries.country_key
    inner join {{ ref('dim_point_of_entry') }} as points on months.point_of_entry_key = points.point_of_entry_key
),

points as (
    select
        make_date(years.year, 1, 1) as observed_on,
        cast(-1 as bigint) as source_key,
        points.province_code as area_code,
        points.point_of_entry_kind as point_of_entry_kind
    from {{ ref('dim_point_of_entry') }} as points
    inner join (select distinct year(observed_on) as year from crossings) as years
        on {{ held_on('points', 'make_date(years.year, 12, 31)') }}
    where points.point_of_entry_key <> -1 and points.point_of_entry_status_code = 'open'
),

crossing_cells as (
    {% call cells(
        'crossings', frequencies=['M', 'A'], basis="'border_crossing'", observations='sum(crossings)', submission=none,
        by=['counterpart_country_code', 'area_code', 'point_of_entry'],
    ) %}
        sum(crossings) filter (where direction_code = 'entry') as entries,
        sum(crossings) filter (where direction_code = 'exit') as exits
    {% endcall %}
),

stay_cells as (
    select * exclude (_part, _part_state) from {{ ref('int_stay_cell') }}
),

point_cells as (
    {% call cells(
        'points', basis="'point_of_entry'", by=['area_code', 'point_of_entry_kind'], sex=false, months=12, submission=none,
    ) %}
        count(*) as points
    {% endcall %}
),

final as (
    {{ indicator_values('crossing_cells', [
        {'measure': 'border_crossings_events', 'value': 'observations'},
        {'measure': 'border_entries_events', 'value': 'entries', 'observations': 'entries'},
        {'measure': 'border_exits_events', 'value': 'exits', 'observations': 'exits'},
    ]) }}
    union all
    {{ indicator_values('stay_cells', [
        {'measure': 'stay_in_lao_pdr_days_median', 'value': 'in_lao_pdr_days', 'observations': 'in_lao_pdr'},
        {'measure': 'stay_abroad_days_median', 'value': 'abroad_days', 'observations': 'abroad'},
    ]) }}
    union all
    {{ indicator_values('point_cells', [{'measure': 'points_of_entry', 'value': 'points'}]) }}
)

select * from final
