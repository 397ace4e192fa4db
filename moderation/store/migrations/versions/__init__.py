"""
One file for each revision of the schema, named by its number; see `schema.REVISIONS`.

A file here is never edited once released.
"""
