-- The dictionary of one database (attached as told_of): its tables and columns as they are, beside what the build record says of
-- them (described, described_column).

create temp table dictionary_table as
select
    described.schema,
    described.name,
    described.label_lo,
    described.description,
    described.key,
    described.part,
    held.estimated_size as rows,
    row_number() over (order by described.schema, described.name) as place
from described
inner join duckdb_tables() as held on held.database_name = 'told_of' and described.name = held.table_name;

create temp table dictionary_column as
with
listed as (select distinct dimension_code from told_of.published.pub_label)
select
    described_column.table_name,
    held.column_name as name,
    lower(held.data_type) as type,
    described_column.label_lo,
    described_column.description,
    listed.dimension_code as codes,
    row_number() over (order by tables.place, held.column_index) as place
from duckdb_columns() as held
inner join dictionary_table as tables on held.table_name = tables.name
left join described_column on held.table_name = described_column.table_name and held.column_name = described_column.name
left join listed
    on listed.dimension_code = regexp_replace(held.column_name, '_code$', '')
    and (held.column_name like '%\_code' escape '\' or listed.dimension_code in ('basis', 'breakdown_name', 'estimation_method', 'obs_status'))
where held.database_name = 'told_of';

create temp table dictionary_measure as
select measure_code, measure_en, measure_lo, formula_en, formula_lo, unit_en, unit_lo, row_number() over (order by measure_code) as place
from told_of.marts.dim_indicator
where indicator_key <> -1;

-- measures have a table of their own
create temp table dictionary_code as
select dimension_code, code, label_en, label_lo, row_number() over (order by dimension_code, sort_order) as place
from told_of.published.pub_label
where dimension_code <> 'measure';
