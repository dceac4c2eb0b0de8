-- Remittances: fees and amounts by corridor and channel since 2025.
-- aggregate
select c.country_code, a.channel_code, sum(a.fee_usd) as fees_usd, sum(a.amount_usd) as amount_usd
from agg_remittance_month as a
join dim_country as c on c.country_key = a.corridor_country_key
where a.month_on >= date '2025-01-01'
group by c.country_code, a.channel_code
order by c.country_code, a.channel_code;
-- star
select c.country_code, f.channel_code, sum(f.fee_usd) as fees_usd, sum(f.amount_usd) as amount_usd
from fct_remittance_transfer as f
join dim_date as d on d.date_key = f.date_key
join dim_country as c on c.country_key = f.corridor_country_key
where d.month_on >= date '2025-01-01'
group by c.country_code, f.channel_code
order by c.country_code, f.channel_code;
