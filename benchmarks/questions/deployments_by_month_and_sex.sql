-- Labour migration: how many contracts a month, by sex?
-- aggregate
select a.month_on, s.sex_code, sum(a.contracts) as contracts
from agg_labour_deployment_month as a
join dim_sex as s on s.sex_key = a.sex_key
group by a.month_on, s.sex_code
order by a.month_on, s.sex_code;
-- star
select d.month_on, s.sex_code, count(*) as contracts
from fct_labour_deployment as f
join dim_date as d on d.date_key = f.date_key
join dim_sex as s on s.sex_key = f.sex_key
group by d.month_on, s.sex_code
order by d.month_on, s.sex_code;
