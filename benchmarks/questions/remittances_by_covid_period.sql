-- Remittances: before, during and after COVID-19, by channel: the amount, and the months it is spread over.
-- aggregate
select p.covid_period_code, a.channel_code, sum(a.amount_usd) as amount_usd, count(distinct a.month_on) as months
from agg_remittance_month as a
join dim_date as d on d.date_key = a.date_key
join dim_covid_period as p on p.covid_period_key = d.covid_period_key
where a.direction_code = 'received' and a.month_on <> date '2023-05-01'
group by p.covid_period_code, a.channel_code
order by p.covid_period_code, a.channel_code;
-- star
select p.covid_period_code, f.channel_code, sum(f.amount_usd) as amount_usd, count(distinct d.month_on) as months
from fct_remittance_transfer as f
join dim_date as d on d.date_key = f.date_key
join dim_covid_period as p on p.covid_period_key = d.covid_period_key
where f.direction_code = 'received' and d.month_on <> date '2023-05-01'
group by p.covid_period_code, f.channel_code
order by p.covid_period_code, f.channel_code;
