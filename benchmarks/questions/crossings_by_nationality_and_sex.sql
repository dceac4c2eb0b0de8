-- Borders: the twenty nationalities that enter most since 2025, women and men.
-- aggregate
select c.country_en, s.sex_code, sum(a.crossings) as crossings
from agg_border_crossing_month as a
join dim_country as c on c.country_key = a.nationality_key
join dim_sex as s on s.sex_key = a.sex_key
where a.direction_code = 'entry' and a.month_on >= date '2025-01-01'
group by c.country_en, s.sex_code
order by crossings desc, c.country_en, s.sex_code
limit 20;
-- star
select c.country_en, s.sex_code, count(*) as crossings
from fct_border_crossing as f
join dim_date as d on d.date_key = f.date_key
join dim_country as c on c.country_key = f.nationality_key
join dim_sex as s on s.sex_key = f.sex_key
where f.direction_code = 'entry' and d.month_on >= date '2025-01-01'
group by c.country_en, s.sex_code
order by crossings desc, c.country_en, s.sex_code
limit 20;
