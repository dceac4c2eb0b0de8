-- Detects a calendar whose academic year or COVID-19 period turns on the wrong day, or that has a gap.
-- Likely cause: an edited covid_period list, or a changed offset of the academic year.
-- A row is one day with what it should have said.
select days.date_key, expected.academic_year, expected.covid_period_code
from (
    values
        (20190831, '2018/19', 'before'), (20190901, '2019/20', 'before'),
        (20200129, '2019/20', 'before'), (20200130, '2019/20', 'during'),
        (20230505, '2022/23', 'during'), (20230506, '2022/23', 'after'),
        (19991231, '1999/00', 'before'), (-1, null, '_U')
) as expected (date_key, academic_year, covid_period_code)
left join {{ ref('dim_date') }} as days on expected.date_key = days.date_key
where days.academic_year is distinct from expected.academic_year
    or days.covid_period_code is distinct from expected.covid_period_code

union all

select count(*), null, 'days between 1950 and 2035'
from {{ ref('dim_date') }}
where date_key <> -1
having count(*) <> 31411
