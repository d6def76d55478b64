"""psql, and the programs that speak as it does: pg_dump, createdb."""
