"""SQL prepares cells and equations; only the linear programs are Python, and they get arrays."""


def model(dbt, session):
    from disclosure.protection import pattern

    cells = dbt.ref("int_disclosure_cell").order("cell_key").fetchnumpy()
    terms = dbt.ref("int_disclosure_equation").order("equation_key, cell_key").fetchnumpy()
    # What the last night found is still here: only what has changed since is solved.
    found = f"table_schema = '{dbt.this.schema}' and table_name = '{dbt.this.identifier}'"
    is_there = session.sql(f"select 1 from information_schema.tables where {found}").fetchall()
    return pattern(cells, terms, session.sql(f"from {dbt.this}").fetchnumpy() if is_there else None)
