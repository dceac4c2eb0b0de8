-- Remittances: received by quarter and channel.
-- aggregate
select d.year_quarter, a.channel_code, sum(a.amount_usd) as amount_usd, sum(a.transfers) as transfers
from agg_remittance_month as a
join dim_date as d on d.date_key = a.date_key
where a.direction_code = 'received'
group by d.year_quarter, a.channel_code
order by d.year_quarter, a.channel_code;
-- star
select d.year_quarter, f.channel_code, sum(f.amount_usd) as amount_usd, count(*) as transfers
from fct_remittance_transfer as f
join dim_date as d on d.date_key = f.date_key
where f.direction_code = 'received'
group by d.year_quarter, f.channel_code
order by d.year_quarter, f.channel_code;
