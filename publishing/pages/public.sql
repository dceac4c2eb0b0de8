-- What the front page of the public part shows, from the public database (attached as told_of) alone.

-- A measure's newest whole year, or the newest year where none is whole, from each source in its newest vintage.
create temp table headline as
with
ranked as (
    select
        measures.measure_en,
        measures.measure_lo,
        measures.unit_en,
        measures.unit_lo,
        measures.unit_decimals,
        told.measure_code,
        told.time_period,
        told.periods_covered,
        told.obs_status,
        told.vintage,
        told.value,
        statuses.label_en as status_en,
        statuses.label_lo as status_lo,
        sources.label_en as basis_en,
        sources.label_lo as basis_lo,
        row_number() over (
            partition by told.measure_code, told.basis, told.estimation_method
            order by told.periods_covered >= 12 desc, told.period_starts_on desc, told.vintage desc
        ) as age
    from told_of.published.pub_indicator_value as told
    inner join told_of.marts.dim_indicator as measures on told.measure_code = measures.measure_code
    inner join told_of.published.pub_label as statuses on statuses.dimension_code = 'obs_status' and told.obs_status = statuses.code
    inner join told_of.published.pub_label as sources on sources.dimension_code = 'basis' and told.basis = sources.code
    where measures.is_headline
        and told.frequency_code = 'A'
        and told.area_code = 'LAO'
        and told.counterpart_country_code = '_T'
        and told.sex_code = '_T'
        and told.age_group_code = '_T'
        and told.breakdown_name = '_Z'
)
select
    *,
    format(if(unit_decimals = 0 or abs(value) >= 1000, '{:,.0f}', '{:,.2f}'), value) as shown,
    row_number() over (order by measure_en, basis_en) as place
from ranked
where age = 1;

create temp table theme as
select
    theme_code,
    any_value(theme_en) as label_en,
    any_value(theme_lo) as label_lo,
    any_value(theme_holds_en) as holds_en,
    any_value(theme_holds_lo) as holds_lo,
    count(*) as measures,
    row_number() over (order by any_value(theme_en)) as place
from told_of.marts.dim_indicator
where theme_code is not null
group by theme_code;

create temp table source as
select
    extract,
    coalesce(max(title_en), extract) as title_en,
    coalesce(max(title_lo), '') as title_lo,
    max(ministry_en) as ministry_en,
    array_to_string(list_sort(list(distinct vintage) filter (where vintage <> '_Z')), ', ') as vintages,
    coalesce(max(licence), '') as licence,
    coalesce(max(citation), '') as citation,
    row_number() over (order by extract) as place
from told_of.marts.dim_source
where source_key <> -1
group by extract;

create temp table suppression as
select
    rules.label_en,
    rules.label_lo,
    sum(withheld.value_cells)::bigint as value_cells,
    sum(withheld.primary_cells)::bigint as primary_cells,
    sum(withheld.complementary_cells)::bigint as complementary_cells,
    format(
        '{:.1f}', 100.0 * sum(withheld.primary_cells + withheld.complementary_cells) / sum(withheld.value_cells)
    ) as withheld_pct,
    rules.sort_order as place
from told_of.published.pub_suppression as withheld
inner join told_of.published.pub_label as rules on rules.dimension_code = 'disclosure' and withheld.disclosure_code = rules.code
group by rules.label_en, rules.label_lo, rules.sort_order;
