-- Labour migration: from which province to which country, by year?
-- aggregate
select extract(year from a.month_on) as year_on, p.province_code, c.country_code, sum(a.contracts) as contracts
from agg_labour_deployment_month as a
join dim_province as p on p.province_key = a.province_key
join dim_country as c on c.country_key = a.destination_country_key
group by extract(year from a.month_on), p.province_code, c.country_code
order by year_on, p.province_code, c.country_code;
-- star
select d.year as year_on, p.province_code, c.country_code, count(*) as contracts
from fct_labour_deployment as f
join dim_date as d on d.date_key = f.date_key
join dim_province as p on p.province_key = f.province_key
join dim_country as c on c.country_key = f.destination_country_key
group by d.year, p.province_code, c.country_code
order by year_on, p.province_code, c.country_code;
