-- The public values in the components of SDMX, from the public database (attached as told_of). Of structures.yml come the tables
-- recoded (list_id, member, code), fixed (list_id, code, label_en, label_lo) and equivalent (component_id, member, code).

-- One code of one list, with the member of the warehouse that it stands for.
create temp table code as
with
named as (
    select 'CL_FREQ' as list_id, code as member, code, label_en, label_lo, sort_order as place
    from told_of.published.pub_label where dimension_code = 'frequency'
    union all
    select 'CL_INDICATOR', code, code, label_en, label_lo, sort_order
    from told_of.published.pub_label where dimension_code = 'measure' and code <> '_U'
    union all
    select 'CL_REF_AREA', label.code, coalesce(province.iso_code, label.code), label.label_en, label.label_lo, label.sort_order
    from told_of.published.pub_label as label
    left join (
        select province_code, max(province_iso_code) as iso_code from told_of.marts.dim_province group by province_code
    ) as province on label.code = province.province_code
    where label.dimension_code = 'area'
    union all
    select 'CL_COUNTERPART_AREA', label.code, coalesce(country.country_alpha2, label.code), label.label_en, label.label_lo, label.sort_order
    from told_of.published.pub_label as label
    left join told_of.marts.dim_country as country on label.code = country.country_code
    where label.dimension_code = 'counterpart_country'
    union all
    select 'CL_SEX', label.code, coalesce(sex.sex_sdmx_code, label.code), label.label_en, label.label_lo, label.sort_order
    from told_of.published.pub_label as label
    left join told_of.marts.dim_sex as sex on label.code = sex.sex_code
    where label.dimension_code = 'sex'
    union all
    select 'CL_AGE', code, code, label_en, label_lo, sort_order
    from told_of.published.pub_label where dimension_code = 'age_group'
    union all
    -- a code of SDMX has no blanks
    select
        'CL_COMPOSITE_BREAKDOWN',
        concat_ws('-', part.dimension_code, part.code),
        if(part.dimension_code = '_Z', '_T', concat_ws('-', part.dimension_code, regexp_replace(part.code, '[^A-Za-z0-9_@$-]', '_', 'g'))),
        if(part.dimension_code = '_Z', part.label_en, concat_ws(': ', breakdown.label_en, part.label_en)),
        if(part.dimension_code = '_Z', part.label_lo, concat_ws(': ', breakdown.label_lo, part.label_lo)),
        breakdown.sort_order * 10000 + part.sort_order
    from told_of.published.pub_label as part
    inner join told_of.published.pub_label as breakdown
        on breakdown.dimension_code = 'breakdown_name' and part.dimension_code = breakdown.code
    union all
    select 'CL_DATA_SOURCE', code, code, label_en, label_lo, sort_order
    from told_of.published.pub_label where dimension_code = 'basis'
    union all
    select distinct 'CL_VINTAGE', vintage, regexp_replace(vintage, '[^A-Za-z0-9_@$-]', '_', 'g'), vintage, vintage, 1
    from told_of.published.pub_indicator_value where vintage <> '_Z'
    union all
    select 'CL_ESTIMATION_METHOD', code, code, label_en, label_lo, sort_order
    from told_of.published.pub_label where dimension_code = 'estimation_method'
    union all
    select 'CL_OBS_STATUS', code, code, label_en, label_lo, sort_order
    from told_of.published.pub_label where dimension_code = 'obs_status'
    union all
    select distinct 'CL_UNIT_MEASURE', unit, unit, unit_en, unit_lo, 1 from told_of.marts.dim_indicator where unit is not null
    union all
    select list_id, code, code, label_en, label_lo, 0 from fixed
)
select named.list_id, named.member, coalesce(recoded.code, named.code) as code, named.label_en, named.label_lo, named.place
from named
left join recoded on named.list_id = recoded.list_id and named.member = recoded.member;

create temp table observation as
select
    freq.code as "FREQ",
    indicator.code as "INDICATOR",
    area.code as "REF_AREA",
    counterpart.code as "COUNTERPART_AREA",
    sex.code as "SEX",
    age.code as "AGE",
    breakdown.code as "COMPOSITE_BREAKDOWN",
    data_source.code as "DATA_SOURCE",
    vintage.code as "VINTAGE",
    method.code as "ESTIMATION_METHOD",
    told.time_period as "TIME_PERIOD",
    told.value as "OBS_VALUE",
    status.code as "OBS_STATUS",
    if(told.obs_status = 'Q', 'C', 'F') as "CONF_STATUS",
    told.periods_covered as "PERIODS_COVERED",
    unit.code as "UNIT_MEASURE",
    '0' as "UNIT_MULT",
    decimals.code as "DECIMALS",
    series.code as "SDG_SERIES",
    item.code as "INT_ACC_ITEM",
    entry.code as "ACCOUNTING_ENTRY"
from told_of.published.pub_indicator_value as told
left join told_of.marts.dim_indicator as measure on told.measure_code = measure.measure_code
left join code as freq on freq.list_id = 'CL_FREQ' and told.frequency_code = freq.member
left join code as indicator on indicator.list_id = 'CL_INDICATOR' and told.measure_code = indicator.member
left join code as area on area.list_id = 'CL_REF_AREA' and told.area_code = area.member
left join code as counterpart on counterpart.list_id = 'CL_COUNTERPART_AREA' and told.counterpart_country_code = counterpart.member
left join code as sex on sex.list_id = 'CL_SEX' and told.sex_code = sex.member
left join code as age on age.list_id = 'CL_AGE' and told.age_group_code = age.member
left join code as breakdown
    on breakdown.list_id = 'CL_COMPOSITE_BREAKDOWN' and concat_ws('-', told.breakdown_name, told.breakdown_code) = breakdown.member
left join code as data_source on data_source.list_id = 'CL_DATA_SOURCE' and told.basis = data_source.member
left join code as vintage on vintage.list_id = 'CL_VINTAGE' and told.vintage = vintage.member
left join code as method on method.list_id = 'CL_ESTIMATION_METHOD' and told.estimation_method = method.member
left join code as status on status.list_id = 'CL_OBS_STATUS' and told.obs_status = status.member
left join code as unit on unit.list_id = 'CL_UNIT_MEASURE' and measure.unit = unit.member
left join code as decimals on decimals.list_id = 'CL_DECIMALS' and cast(measure.unit_decimals as varchar) = decimals.member
left join equivalent as series on series.component_id = 'SDG_SERIES' and told.measure_code = series.member
left join equivalent as item
    on item.component_id = 'INT_ACC_ITEM' and concat_ws('-', told.breakdown_name, told.breakdown_code) = item.member
left join equivalent as entry on entry.component_id = 'ACCOUNTING_ENTRY' and told.measure_code = entry.member;
