{# What a dimension holds for a value over all of its members. Any other column to group by is the value's breakdown. #}
{% macro indicator_dimensions() -%}
    {{ return({'area_code': 'LAO', 'counterpart_country_code': '_T', 'sex_code': '_T', 'age_group_code': '_T'}) }}
{%- endmacro %}

{# The first day of a period of that frequency; SDMX letters, S is a half-year. #}
{% macro period_start(frequency, date) -%}
    {%- if frequency == 'S' -%}
        make_date(year({{ date }}), if(month({{ date }}) <= 6, 1, 7), 1)
    {%- else -%}
        cast(date_trunc('{{ {'M': 'month', 'Q': 'quarter', 'A': 'year'}[frequency] }}', {{ date }}) as date)
    {%- endif -%}
{%- endmacro %}

{% macro date_of_key(date_key) -%}
    cast(try_strptime(cast({{ date_key }} as varchar), '%Y%m%d') as date)
{%- endmacro %}

{# A fact with the codes of its members: `codes` is {alias: [dimension, key column]}, with a third entry where the code wanted
   is another attribute of the member. `basis` is its extract. #}
{% macro coded(fact, codes={}, date_key='date_key') -%}
    select
        facts.*,
        {{ date_of_key('facts.' ~ date_key) }} as observed_on,
        sources.extract as basis
        {%- for alias, member in codes.items() %},
        {{ alias }}_members.{{ member[2] or member[0] ~ '_code' }} as {{ alias }}
        {%- endfor %}
    from {{ ref(fact) }} as facts
    inner join {{ ref('dim_source') }} as sources on facts.source_key = sources.source_key
    {%- for alias, member in codes.items() %}
    inner join {{ ref('dim_' ~ member[0]) }} as {{ alias }}_members on facts.{{ member[1] }} = {{ alias }}_members.{{ member[0] }}_key
    {%- endfor %}
{%- endmacro %}

{# The sets of columns by which values are taken apart: none, each entry of `by` (a column or a list of them), and each of
   these with sex. #}
{% macro ways_apart(by, sex) -%}
    {%- set sets = [] -%}
    {%- for entry in [[]] + by -%}
        {%- set columns = [entry] if entry is string else entry -%}
        {%- do sets.append(columns) -%}
        {%- if sex %}{% do sets.append(columns + ['sex_code']) %}{% endif -%}
    {%- endfor -%}
    {{ return(sets) }}
{%- endmacro %}

{# The cells of an indicator: the aggregates in the body of the call, for the whole and for each way of taking it apart, at
   each frequency. A total is computed from the rows, never by adding cells. `rows` has observed_on, source_key and the
   columns of `by`; `months` is how many months one row's observation covers. Rows of another basis, vintage or method
   are another series. `submission` is the delivery of a row, none where a row stands for many rows of its fact; `row_key`
   is the key of the fact's row where it stands here more than once. #}
{% macro cells(rows, by=[], frequencies=['A'], sex=true, months=1, basis='basis', vintage="'_Z'",
               estimation_method="'reported'", obs_status="'A'", observations='count(*)', submission='submission_key',
               row_key=none) -%}
    {%- set sets = ways_apart(by, sex) -%}
    {%- set used = sets | sum(start=[]) -%}
    {%- set totals = indicator_dimensions() -%}
    {%- set period_months = {'M': 1, 'Q': 3, 'S': 6, 'A': 12} -%}
    {%- set breakdowns = used | unique | reject('in', totals) | list -%}
    {%- for set in sets if set | reject('in', totals) | list | length > 1 -%}
        {{ exceptions.raise_compiler_error('a value has one breakdown at most, not ' ~ set | join(', ')) }}
    {%- endfor -%}
    {%- set series = ['series_basis', 'series_vintage', 'series_method'] -%}
    select
        case
            {%- for frequency in frequencies %}
            when grouping(starts_{{ frequency }}) = 0 then '{{ frequency }}'
            {%- endfor %}
        end as frequency_code,
        case
            {%- for frequency in frequencies %}
            when grouping(starts_{{ frequency }}) = 0 then {{ period_months[frequency] }}
            {%- endfor %}
        end as period_months,
        coalesce({% for frequency in frequencies %}starts_{{ frequency }}{{ ', ' if not loop.last }}{% endfor %}) as period_starts_on,
        {%- for dimension, total in totals.items() %}
        {% if dimension in used -%}
            if(grouping({{ dimension }}) = 1, '{{ total }}', {{ dimension }}) as {{ dimension }},
        {%- else -%}
            '{{ total }}' as {{ dimension }},
        {%- endif %}
        {%- endfor %}
        case
            {%- for name in breakdowns %}
            when grouping({{ name }}) = 0 then '{{ name }}'
            {%- endfor %}
            when true then '_Z'
        end as breakdown_name,
        case
            {%- for name in breakdowns %}
            when grouping({{ name }}) = 0 then {{ name }}
            {%- endfor %}
            when true then '_T'
        end as breakdown_code,
        series_basis as basis,
        series_vintage as vintage,
        series_method as estimation_method,
        {{ worst_status('row_status') }} as obs_status,
        if(min(source_key) = max(source_key), min(source_key), -1) as source_key,
        count(distinct starts_M) * max({{ months }}) as months_observed,
        {{ observations }} as observations,
        {{ rows_by_submission(submission, row_key) }} as rows_by_submission,
        {{ caller() }}
    from (
        select
            *,
            {{ basis }} as series_basis,
            {{ vintage }} as series_vintage,
            {{ estimation_method }} as series_method,
            {{ obs_status }} as row_status
            {%- for frequency in (['M'] + frequencies) | unique %},
            {{ period_start(frequency, 'observed_on') }} as starts_{{ frequency }}
            {%- endfor %}
        from {{ rows }}
    )
    group by grouping sets (
        {%- for frequency in frequencies %}{% set last_frequency = loop.last %}
        {%- for set in sets %}
        ({{ (series + ['starts_' ~ frequency] + set) | join(', ') }}){{ ',' if not (loop.last and last_frequency) }}
        {%- endfor %}
        {%- endfor %}
    )
{%- endmacro %}

{# How many rows of the fact a cell counts, by the delivery they came with. #}
{% macro rows_by_submission(submission, row_key) -%}
    {%- if submission is none -%}
        cast(null as map(bigint, ubigint))
    {%- elif row_key is none -%}
        histogram({{ submission }})
    {%- else -%}
        list_aggregate(
            list_transform(list_distinct(list({'row': {{ row_key }}, 'submission': {{ submission }}})), lambda held: held.submission),
            'histogram'
        )
    {%- endif -%}
{%- endmacro %}

{# The status of a value made of several: the first of these that any of them has. #}
{% macro worst_status(status) -%}
    case
        when bool_and({{ status }} = 'M') then 'M'
        {%- for code in ['D', 'E', 'P', 'B'] %}
        when bool_or({{ status }} = '{{ code }}') then '{{ code }}'
        {%- endfor %}
        when bool_or({{ status }} = 'M') then 'P'
        else 'A'
    end
{%- endmacro %}

{# The columns every indicator model has, one row per cell and measure. A measure is a `value`, or a `numerator` over a
   `denominator` times a `factor`; it stands where its `observations` are not nil and its `where` holds. A value that
   cannot be computed from what was observed is missing (M), never a guess; one observed for a longer time than the
   period (a year's total in a quarter) does not stand. #}
{% macro indicator_values(cells, measures) -%}
    select * exclude (is_wanted)
    from (
        select
            frequency_code,
            period_starts_on,
            area_code,
            counterpart_country_code,
            sex_code,
            age_group_code,
            breakdown_name,
            breakdown_code,
            basis,
            source_key,
            vintage,
            estimation_method,
            max(months_observed) over (
                partition by frequency_code, period_starts_on, basis, vintage, estimation_method
            ) as periods_covered,
            rows_by_submission,
            unnest([
                {%- for measure in measures %}
                {%- set value = measure.value or
                    (measure.factor or 1) ~ ' * (' ~ measure.numerator ~ ') / nullif(' ~ measure.denominator ~ ', 0)' %}
                {
                    'measure_code': '{{ measure.measure }}',
                    'value': {{ settled(value) }},
                    'numerator': {{ settled(measure.numerator or 'null') }},
                    'denominator': {{ settled(measure.denominator or 'null') }},
                    'observations': cast({{ measure.observations or 'observations' }} as bigint),
                    'obs_status': if({{ value }} is null, 'M', {{ measure.obs_status or 'obs_status' }}),
                    'is_wanted': {{ measure.observations or 'observations' }} > 0
                        and months_observed <= period_months
                        and ({{ measure.where or 'true' }})
                }{{ ',' if not loop.last }}
                {%- endfor %}
            ], recursive := true)
        from {{ cells }}
    )
    where is_wanted
{%- endmacro %}

{# Sums of decimals in another order differ in their last digits; two builds of the same rows must not. #}
{% macro settled(number) -%}
    round(cast({{ number }} as double), 6)
{%- endmacro %}

{# Which breakdowns a series knows anything of; one of which it knows nothing is not shown as all unknown. #}
{% macro known_breakdowns() -%}
    bool_or(has_sexes) as has_sexes,
    bool_or(has_ages) as has_ages,
    bool_or(has_areas) as has_areas
{%- endmacro %}

{% macro is_known_breakdown() -%}
    (has_sexes or counted.sex_code <> 'unknown')
    and (has_ages or counted.age_group_code <> '_U')
    and (has_areas or counted.area_code <> 'LA00')
{%- endmacro %}
