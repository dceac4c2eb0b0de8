-- What the Migration Profile shows, from the public database (attached as told_of) alone.
-- exhibit: one row for each exhibit of profile.yml that is made of values of pub_indicator_value.

-- The member of a dimension, or of the breakdown, that a value is of.
create temp macro member_of(told, dimension) as case dimension
    when 'time' then told.time_period
    when 'measure' then told.measure_code
    when 'area' then told.area_code
    when 'counterpart_country' then told.counterpart_country_code
    when 'sex' then told.sex_code
    when 'age_group' then told.age_group_code
    when 'basis' then told.basis
    when 'vintage' then told.vintage
    else told.breakdown_code
end;

-- Every value that an exhibit may show: each dimension is told apart where the exhibit goes by it, and stands at its total elsewhere.
create temp table offered as
select
    exhibit.* exclude (measures, bases),
    list_position(exhibit.measures, told.measure_code) as measure_place,
    member_of(told, exhibit.by) as row_code,
    if(exhibit.series = '_Z', '_T', member_of(told, exhibit.series)) as series_code,
    told.* exclude (indicator_value_key, indicator_key, date_key, source_key, indicator_code),
    told.periods_covered < case told.frequency_code when 'M' then 1 when 'Q' then 3 when 'S' then 6 else 12 end as is_partial,
    if(measures.is_in_millions, 1e6, 1) as divisor,
    measures.unit_decimals
from exhibit
inner join told_of.published.pub_indicator_value as told
    on list_contains(exhibit.measures, told.measure_code)
    and exhibit.frequency = told.frequency_code
    and (len(exhibit.bases) = 0 or list_contains(exhibit.bases, told.basis))
inner join (
    select measure_code, unit_decimals, unit = 'usd' and is_additive as is_in_millions from told_of.marts.dim_indicator
) as measures on told.measure_code = measures.measure_code
where
    (told.area_code <> 'LAO') = ('area' in (exhibit.by, exhibit.series))
    and length(told.area_code) <= 4
    and if(
        exhibit.country = '_T',
        (told.counterpart_country_code <> '_T') = ('counterpart_country' in (exhibit.by, exhibit.series)),
        exhibit.country = told.counterpart_country_code
    )
    and (told.sex_code <> '_T') = ('sex' in (exhibit.by, exhibit.series))
    and (told.age_group_code <> '_T') = ('age_group' in (exhibit.by, exhibit.series))
    and told.breakdown_name = exhibit.breakdown
    and (told.breakdown_name = '_Z' or told.breakdown_code <> '_T')
    and year(told.period_starts_on) >= exhibit.since
-- each figure in the newest release of its source, unless the exhibit sets the releases side by side
qualify
    'vintage' in (exhibit.by, exhibit.series)
    or told.vintage = max(told.vintage) over (
        partition by exhibit.id, told.measure_code, told.basis, told.estimation_method, told.time_period
    );

-- An exhibit without time shows one period: the newest that is whole, or the newest where none is. It may be told for each row apart.
create temp table chosen as
select *
from offered
qualify
    'time' in ("by", series)
    or dense_rank() over (
        partition by id, if(is_each, row_code || ' ' || measure_code || ' ' || basis, '')
        order by is_partial, period_starts_on desc
    ) = 1;

create temp table period_name as
select distinct
    time_period,
    case frequency_code
        when 'Q' then format('Q{} {}', quarter(period_starts_on), year(period_starts_on))
        when 'M' then format('{} {}', dates.month_en, year(period_starts_on))
        else time_period
    end as period_en,
    case frequency_code
        when 'Q' then format('ໄຕມາດ {}/{}', quarter(period_starts_on), year(period_starts_on))
        when 'M' then format('{} {}', dates.month_lo, year(period_starts_on))
        else time_period
    end as period_lo
from chosen
inner join told_of.marts.dim_date as dates on chosen.period_starts_on = dates.date_on;

create temp table member_name as
select dimension_code, code, label_en, label_lo, sort_order from told_of.published.pub_label where dimension_code <> '_Z'
union all
select 'time', time_period, period_en, period_lo, 0 from period_name
union all
select distinct 'vintage', vintage, 'Release of ' || vintage, 'ສະບັບ ' || vintage, 0 from chosen
union all
select '_Z', '_T', '', '', 0;

create temp table cell as
with
named as (
    select
        chosen.* exclude (value),
        row_names.label_en as row_en,
        row_names.label_lo as row_lo,
        row_names.sort_order as row_order,
        series_names.label_en as series_en,
        series_names.label_lo as series_lo,
        series_names.sort_order as series_order,
        periods.period_en,
        periods.period_lo,
        bases.label_en as basis_en,
        bases.label_lo as basis_lo,
        chosen.row_code in ('_U', 'unknown', 'XXX', 'LA00', 'X', '_X') as is_unknown,
        chosen.value / chosen.divisor as value,
        -- four significant digits at most behind the comma: a figure in thousands has none
        case
            when chosen.value is null then null
            when chosen.unit_decimals = 0 then format('{:,.0f}', chosen.value)
            when abs(chosen.value / chosen.divisor) >= 1000 then format('{:,.0f}', chosen.value / chosen.divisor)
            when abs(chosen.value / chosen.divisor) >= 10 or chosen.value = 0 then format('{:,.1f}', chosen.value / chosen.divisor)
            else format('{:,.2f}', chosen.value / chosen.divisor)
        end as shown_en
    from chosen
    left join member_name as row_names on chosen.by = row_names.dimension_code and chosen.row_code = row_names.code
    left join member_name as series_names
        on if(chosen.series = '_Z', '_Z', chosen.series) = series_names.dimension_code and chosen.series_code = series_names.code
    left join member_name as bases on bases.dimension_code = 'basis' and chosen.basis = bases.code
    left join period_name as periods on chosen.time_period = periods.time_period
),
ranked as (
    select
        *,
        max(value) over (partition by id, row_code) as row_largest,
        min(is_unknown) over (partition by id, row_code) as row_is_unknown
    from named
)
select
    * exclude (row_largest, row_is_unknown),
    -- Lao writes 1.234,5
    translate(shown_en, ',.', '.,') as shown_lo,
    dense_rank() over (
        partition by id
        order by
            row_is_unknown,
            case
                when "by" = 'measure' then measure_place
                when "by" = 'time' then epoch(period_starts_on)
                when "by" in ('age_group', 'isced_level', 'covid_period', 'sex', 'sender') then row_order
                else 0
            end,
            if("by" in ('time', 'measure'), null, row_largest) desc nulls last,
            row_en,
            row_code,
            if("by" = 'measure', basis, '')
    ) as row_place,
    dense_rank() over (
        partition by id
        order by if(series = 'measure', measure_place, if(series = 'time', epoch(period_starts_on), series_order)), series_code
    ) as series_place
from ranked;

create temp table shown_cell as
select * exclude (is_each, divisor, unit_decimals) from cell where row_place <= top order by place, row_place, series_place, basis;

create temp table offered_total as
select distinct measure_code from told_of.published.pub_indicator_value where area_code = 'LAO';

-- What stands under an exhibit.
create temp table exhibit_fact as
select
    id,
    arg_min(period_en, period_starts_on) as first_en,
    arg_max(period_en, period_starts_on) as last_en,
    arg_min(period_lo, period_starts_on) as first_lo,
    arg_max(period_lo, period_starts_on) as last_lo,
    -- which value to follow back, in the words of `make trace`
    arg_max(
        concat_ws(
            ' ',
            'INDICATOR=' || measure_code,
            'PERIOD=' || time_period,
            'BASIS=' || basis,
            if(vintage = '_Z', null, 'VINTAGE="' || vintage || '"'),
            if(country = '_T', null, 'COUNTERPART=' || country),
            -- what the provinces gain from each other has no total
            if(measure_code in (select measure_code from offered_total), null, 'AREA=' || area_code)
        ),
        (period_starts_on, vintage, -measure_place, basis, area_code)
    ) as traced,
    count(*) filter (where is_partial) as partial,
    count(distinct row_code) as rows_held,
    least(any_value(top), count(distinct row_place)) as rows_shown,
    bool_or(estimation_method = 'modelled') as is_modelled,
    array_to_string(list_sort(list(distinct vintage) filter (where vintage <> '_Z')), '; ') as vintages
from cell
group by id;

create temp table exhibit_measure as
select distinct
    cell.id,
    cell.measure_place,
    measures.measure_code,
    measures.indicator_code,
    measures.measure_en,
    measures.measure_lo,
    case
        when measures.unit = 'usd' and measures.is_additive then 'million US dollars'
        when measures.unit = 'usd' then measures.unit_en
        else lower(left(measures.unit_en, 1)) || substr(measures.unit_en, 2)
    end as unit_en,
    if(measures.unit = 'usd' and measures.is_additive, 'ລ້ານໂດລາສະຫະລັດ', measures.unit_lo) as unit_lo,
    measures.formula_en,
    measures.formula_lo
from cell
inner join told_of.marts.dim_indicator as measures on cell.measure_code = measures.measure_code
order by cell.id, cell.measure_place;

create temp table exhibit_status as
select
    shown_cell.id,
    shown_cell.obs_status,
    statuses.label_en,
    statuses.label_lo,
    count(*) as cells
from shown_cell
inner join told_of.published.pub_label as statuses on statuses.dimension_code = 'obs_status' and shown_cell.obs_status = statuses.code
group by all
order by shown_cell.id, cells desc, shown_cell.obs_status;

-- A basis is an extract, or a record whose extracts are all its sources.
create temp table exhibit_source as
with
used as (
    select distinct id, basis from cell
)
select distinct
    used.id,
    sources.ministry_en,
    sources.ministry_lo,
    coalesce(sources.title_en, sources.extract) as title_en,
    coalesce(sources.title_lo, sources.extract) as title_lo
from used
inner join told_of.marts.dim_source as sources
    on used.basis = sources.extract
    or if(used.basis = 'stay', 'border_crossing', used.basis) = sources.record
where sources.source_key <> -1
order by used.id, sources.ministry_en, title_en, title_lo;

-- Tables of the last part.
create temp table source_table as
select
    max(ministry_en) as ministry_en,
    max(ministry_lo) as ministry_lo,
    coalesce(max(title_en), extract) as title_en,
    coalesce(max(title_lo), extract) as title_lo,
    coalesce(array_to_string(list_sort(list(distinct vintage) filter (where vintage <> '_Z')), ', '), '') as vintages,
    coalesce(max(licence), '') as licence,
    coalesce(max(citation), '') as citation
from told_of.marts.dim_source
where source_key <> -1
group by extract
order by ministry_en, title_en, extract;

create temp table suppression_table as
select
    measures.theme_en,
    measures.theme_lo,
    format('{:,}', sum(withheld.value_cells)::bigint) as values_en,
    translate(values_en, ',', '.') as values_lo,
    format('{:,}', sum(withheld.primary_cells)::bigint) as small_en,
    translate(small_en, ',', '.') as small_lo,
    format('{:,}', sum(withheld.complementary_cells)::bigint) as beside_en,
    translate(beside_en, ',', '.') as beside_lo,
    format('{:.1f}', 100.0 * sum(withheld.primary_cells + withheld.complementary_cells) / sum(withheld.value_cells)) as withheld_en,
    translate(withheld_en, '.', ',') as withheld_lo
from told_of.published.pub_suppression as withheld
inner join told_of.marts.dim_indicator as measures on withheld.measure_code = measures.measure_code
group by measures.theme_en, measures.theme_lo
order by measures.theme_en;

create temp table method_table as
select measure_en, measure_lo, measure_code, formula_en, formula_lo, unit_en, unit_lo
from told_of.marts.dim_indicator
where measure_code in (select measure_code from cell)
order by measure_en, measure_code;

-- ours is what the public may see: null where it is withheld
create temp table discrepancy_table as
with
compared as (
    select
        figures.*,
        measures.measure_en,
        measures.measure_lo,
        ours.value / if(figures.unit = 'usd_million', 1e6, 1) as our_value
    from told_of.published.pub_reconciliation as figures
    inner join told_of.marts.dim_indicator as measures on figures.measure_code = measures.measure_code
    left join told_of.published.pub_indicator_value as ours on figures.indicator_value_key = ours.indicator_value_key
)
select
    concat_ws(': ', measure_en, nullif(description, '')) as figure_en,
    measure_lo as figure_lo,
    if(time_period = '_Z', '–', time_period) as period,
    citation,
    format(if(their_value = round(their_value), '{:,.0f}', '{:,.2f}'), their_value) as theirs_en,
    format(if(our_value = round(our_value) or abs(our_value) >= 1000, '{:,.0f}', '{:,.2f}'), our_value) as ours_en,
    translate(theirs_en, ',.', '.,') as theirs_lo,
    translate(ours_en, ',.', '.,') as ours_lo,
    unit_en,
    unit_lo,
    case when verdict = 'differs' then format('{:+.1f} %', 100 * (our_value / their_value - 1)) end as difference_en,
    translate(difference_en, '.', ',') as difference_lo,
    verdict,
    coalesce(reason_en, '') as reason_en,
    coalesce(reason_lo, '') as reason_lo
from compared
order by measure_en, time_period, citation, reconciliation_key;

create temp table map_province as
select provinces.province_code, provinces.province_iso_code, names.label_en as name_en, names.label_lo as name_lo
from told_of.marts.dim_province as provinces
inner join told_of.published.pub_label as names on names.dimension_code = 'area' and provinces.province_code = names.code
where provinces.is_current and provinces.province_iso_code is not null;

create temp table emergency as
select starts_on, ends_on from told_of.marts.dim_covid_period where covid_period_code = 'during';
