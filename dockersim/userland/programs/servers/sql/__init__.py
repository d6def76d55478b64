"""A small SQL store with two faces: PostgreSQL and MySQL, their servers and their clients."""
