-- Completeness: what was due, came late or is missing, by sender, over all months.
-- aggregate
select a.sender, sum(a.deliveries_due) as due, sum(a.deliveries_late) as late, sum(a.deliveries_missing) as missing
from agg_delivery_month as a
group by a.sender
order by a.sender;
-- star
select q.sender, count(*) as due, count(case when q.status = 'late' then 1 end) as late,
    count(case when q.status = 'missing' then 1 end) as missing
from qa_delivery_calendar as q
where q.due_on is not null and q.status <> 'not_due'
group by q.sender
order by q.sender;
