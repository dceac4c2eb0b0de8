-- Remittances: the ten largest corridors, both directions.
-- aggregate
select c.country_en, a.direction_code, sum(a.amount_usd) as amount_usd
from agg_remittance_month as a
join dim_country as c on c.country_key = a.corridor_country_key
group by c.country_en, a.direction_code
order by amount_usd desc, c.country_en
limit 10;
-- star
select c.country_en, f.direction_code, sum(f.amount_usd) as amount_usd
from fct_remittance_transfer as f
join dim_country as c on c.country_key = f.corridor_country_key
group by c.country_en, f.direction_code
order by amount_usd desc, c.country_en
limit 10;
