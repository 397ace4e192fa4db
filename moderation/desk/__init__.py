"""
The desk: the main path of a comment, and the review of what it held.

Joins the other rooms; knows no wire format and no table.
"""
