-- Borders: entries and exits a month, at airports and on land.
-- aggregate
select a.month_on, a.direction_code, p.point_of_entry_kind, sum(a.crossings) as crossings
from agg_border_crossing_month as a
join dim_point_of_entry as p on p.point_of_entry_key = a.point_of_entry_key
group by a.month_on, a.direction_code, p.point_of_entry_kind
order by a.month_on, a.direction_code, p.point_of_entry_kind;
-- star
select d.month_on, f.direction_code, p.point_of_entry_kind, count(*) as crossings
from fct_border_crossing as f
join dim_date as d on d.date_key = f.date_key
join dim_point_of_entry as p on p.point_of_entry_key = f.point_of_entry_key
group by d.month_on, f.direction_code, p.point_of_entry_kind
order by d.month_on, f.direction_code, p.point_of_entry_kind;
