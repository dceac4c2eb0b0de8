-- Returns: workers back a month, by province.
-- aggregate
select i.period_starts_on, i.area_code, sum(i.value) as returns
from indicator_value as i
where i.measure_code = 'returns_events' and i.frequency_code = 'M' and i.area_code <> 'LAO' and i.sex_code = '_T'
    and i.counterpart_country_code = '_T' and i.age_group_code = '_T' and i.breakdown_name = '_Z'
group by i.period_starts_on, i.area_code
order by i.period_starts_on, i.area_code;
-- star
select d.month_on, p.province_code, count(*) as returns
from fct_return as f
join dim_date as d on d.date_key = f.date_key
join dim_province as p on p.province_key = f.province_key
group by d.month_on, p.province_code
order by d.month_on, p.province_code;
