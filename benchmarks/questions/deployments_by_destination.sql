-- Labour migration: the ten first destinations since 2025, and what is earned there.
-- aggregate
select c.country_en, sum(a.contracts) as contracts, sum(a.wage_usd) as wages_usd
from agg_labour_deployment_month as a
join dim_country as c on c.country_key = a.destination_country_key
where a.month_on >= date '2025-01-01'
group by c.country_en
order by contracts desc, c.country_en
limit 10;
-- star
select c.country_en, count(*) as contracts, sum(f.wage_usd) as wages_usd
from fct_labour_deployment as f
join dim_date as d on d.date_key = f.date_key
join dim_country as c on c.country_key = f.destination_country_key
where d.month_on >= date '2025-01-01'
group by c.country_en
order by contracts desc, c.country_en
limit 10;
