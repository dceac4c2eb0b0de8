-- Empty in the build, which is of no release yet. The freeze fills it (publishing/candidate.py).
select
    cast(null as varchar) as version,
    cast(null as timestamp) as frozen_at,
    cast(null as boolean) as is_synthetic
from {{ ref('pub_indicator_value') }}
where false
