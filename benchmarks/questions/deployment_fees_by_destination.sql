-- Labour migration: what is paid for going, by destination, for women and men?
-- aggregate
select c.country_code, s.sex_code, sum(a.fee_usd) as fees_usd, sum(a.contracts) as contracts
from agg_labour_deployment_month as a
join dim_country as c on c.country_key = a.destination_country_key
join dim_sex as s on s.sex_key = a.sex_key
group by c.country_code, s.sex_code
order by c.country_code, s.sex_code;
-- star
select c.country_code, s.sex_code, sum(f.fee_usd) as fees_usd, count(*) as contracts
from fct_labour_deployment as f
join dim_country as c on c.country_key = f.destination_country_key
join dim_sex as s on s.sex_key = f.sex_key
group by c.country_code, s.sex_code
order by c.country_code, s.sex_code;
