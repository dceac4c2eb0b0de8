-- What the workbooks show, from the public tables alone: values with their names, by theme and sheet.
-- A sheet is one way of taking values apart; what is taken apart in two ways stands with the first that it names.

create temp table told as
with
placed as (
    select
        measures.theme_code,
        case
            when told.breakdown_name <> '_Z' then told.breakdown_name
            when told.area_code <> 'LAO' then 'area'
            when told.counterpart_country_code <> '_T' then 'counterpart_country'
            when told.age_group_code <> '_T' then 'age_group'
            else '_Z'
        end as sheet_code,
        told.* exclude (indicator_value_key, indicator_key, date_key, source_key),
        measures.measure_en,
        measures.measure_lo,
        measures.unit_en || ' · ' || measures.unit_lo as unit,
        measures.unit_decimals
    from public_part.published.pub_indicator_value as told
    inner join public_part.marts.dim_indicator as measures on told.measure_code = measures.measure_code
)
select
    placed.*,
    areas.label_en as area_en,
    areas.label_lo as area_lo,
    countries.label_en as counterpart_country_en,
    countries.label_lo as counterpart_country_lo,
    sexes.label_en as sex_en,
    sexes.label_lo as sex_lo,
    ages.label_en as age_group_en,
    ages.label_lo as age_group_lo,
    breakdowns.label_en as breakdown_en,
    breakdowns.label_lo as breakdown_lo,
    frequencies.label_en || ' · ' || frequencies.label_lo as frequency,
    statuses.label_en || ' · ' || statuses.label_lo as status,
    methods.label_en || ' · ' || methods.label_lo as estimation_method_name,
    bases.label_en as basis_en,
    bases.label_lo as basis_lo,
    row_number() over (
        partition by placed.theme_code, placed.sheet_code
        order by
            placed.measure_code, placed.basis, placed.vintage, placed.estimation_method, frequencies.sort_order desc,
            placed.period_starts_on, breakdowns.sort_order, areas.sort_order, countries.sort_order, ages.sort_order, sexes.sort_order
    ) as place
from placed
inner join public_part.published.pub_label as areas on areas.dimension_code = 'area' and placed.area_code = areas.code
inner join public_part.published.pub_label as countries
    on countries.dimension_code = 'counterpart_country' and placed.counterpart_country_code = countries.code
inner join public_part.published.pub_label as sexes on sexes.dimension_code = 'sex' and placed.sex_code = sexes.code
inner join public_part.published.pub_label as ages on ages.dimension_code = 'age_group' and placed.age_group_code = ages.code
inner join public_part.published.pub_label as breakdowns
    on placed.breakdown_name = breakdowns.dimension_code and placed.breakdown_code = breakdowns.code
inner join public_part.published.pub_label as frequencies
    on frequencies.dimension_code = 'frequency' and placed.frequency_code = frequencies.code
inner join public_part.published.pub_label as statuses on statuses.dimension_code = 'obs_status' and placed.obs_status = statuses.code
inner join public_part.published.pub_label as methods
    on methods.dimension_code = 'estimation_method' and placed.estimation_method = methods.code
inner join public_part.published.pub_label as bases on bases.dimension_code = 'basis' and placed.basis = bases.code
where placed.frequency_code in ('A', 'Q') or placed.sheet_code = '_Z';

create temp table sheet as
select
    told.theme_code,
    told.sheet_code,
    coalesce(any_value(names.label_en), '') as label_en,
    coalesce(any_value(names.label_lo), '') as label_lo,
    count(*) as rows,
    count(*) filter (where told.obs_status = 'Q') as withheld,
    min(told.time_period) as first_period,
    max(told.time_period) as last_period,
    -- a column that says nothing but the total on every row of its sheet is left out
    bool_or(told.area_code <> 'LAO') as has_area,
    bool_or(told.counterpart_country_code <> '_T') as has_counterpart_country,
    bool_or(told.sex_code <> '_T') as has_sex,
    bool_or(told.age_group_code <> '_T') as has_age_group,
    bool_or(told.breakdown_name <> '_Z') as has_breakdown,
    bool_or(told.vintage <> '_Z') as has_vintage,
    bool_or(told.estimation_method <> 'reported') as has_estimation_method
from told
left join public_part.published.pub_label as names on names.dimension_code = 'breakdown_name' and told.sheet_code = names.code
group by told.theme_code, told.sheet_code;

-- the country's yearly figures, each in its newest vintage, with what stands in the cell: a value, or the status that says why not
create temp table headline as
select
    *,
    year(period_starts_on) as year,
    row_number() over (partition by theme_code, measure_code, basis, estimation_method, sex_code, year order by vintage desc) as age
from told
where frequency_code = 'A' and sheet_code = '_Z'
qualify age = 1;

create temp table measure as
select *, row_number() over (partition by theme_code order by indicator_code, measure_code) as place
from (
    select
        measures.theme_code,
        measures.indicator_code,
        measures.measure_code,
        measures.measure_en,
        measures.measure_lo,
        measures.indicator_en,
        measures.indicator_lo,
        measures.unit_en || ' · ' || measures.unit_lo as unit,
        measures.formula_en,
        measures.formula_lo,
        coalesce(measures.sdg_indicator, '') as sdg_indicator,
        if(measures.is_modelled, 'Some series are modelled · ບາງຊຸດປະເມີນດ້ວຍແບບຈຳລອງ', 'Reported · ລາຍງານ') as made,
        if(measures.is_additive, 'Yes · ແມ່ນ', 'No · ບໍ່ແມ່ນ') as adds_up,
        rules.label_en as rule_en,
        rules.label_lo as rule_lo,
        count(told.measure_code) as values_told,
        count(*) filter (where told.obs_status = 'Q') as withheld,
        coalesce(min(told.time_period), '') as first_period,
        coalesce(max(told.time_period), '') as last_period
    from public_part.marts.dim_indicator as measures
    inner join public_part.published.pub_label as rules on rules.dimension_code = 'disclosure' and measures.disclosure_code = rules.code
    left join public_part.published.pub_indicator_value as told on measures.measure_code = told.measure_code
    where measures.indicator_key <> -1
    group by all
);

-- a value over several extracts names no single source: then all current extracts of the measure's records are its sources
create temp table source as
with
used as (
    select distinct measures.theme_code, sources.extract
    from public_part.marts.dim_indicator as measures
    inner join public_part.marts.dim_source as sources
        on measures.records = 'every record' or list_contains(string_split(measures.records, '; '), sources.record)
    where sources.source_key <> -1
)
select
    used.theme_code,
    used.extract,
    coalesce(max(sources.title_en), used.extract) as title_en,
    coalesce(max(sources.title_lo), used.extract) as title_lo,
    max(sources.ministry_en) as ministry_en,
    max(sources.ministry_lo) as ministry_lo,
    array_to_string(list_sort(list(distinct sources.vintage) filter (where sources.vintage <> '_Z')), ', ') as vintages,
    max(sources.licence) as licence,
    max(sources.citation) as citation,
    if(bool_or(sources.is_synthetic), 'Yes · ແມ່ນ', 'No · ບໍ່ແມ່ນ') as is_synthetic,
    row_number() over (partition by used.theme_code order by used.extract) as place
from used
inner join public_part.marts.dim_source as sources on used.extract = sources.extract
group by used.theme_code, used.extract;

create temp table theme as
select theme_code, any_value(theme_en) as label_en, any_value(theme_lo) as label_lo, any_value(theme_holds_en) as holds_en,
    any_value(theme_holds_lo) as holds_lo
from public_part.marts.dim_indicator
where theme_code in (select theme_code from told)
group by theme_code
order by theme_code;
