"""
Alembic's migrations: each takes a store from one revision of the schema to the next, and back.

Run by `schema.py`; imports nothing of the product but column types, which never change meaning.
"""
