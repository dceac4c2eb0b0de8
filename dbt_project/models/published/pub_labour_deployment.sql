{{ public_table(
    {'contracts': 'labour_deployments_contracts', 'workers_persons': 'labour_deployments_workers_persons'},
    {'wage_usd_median': 'labour_deployments_wage_usd_median'},
) }}
order by all
