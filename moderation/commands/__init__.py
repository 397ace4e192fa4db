"""
What ``python -m moderation`` can do: one module a subject, each with its `COMMANDS`.

Parses, calls a room, prints; what takes long to import is imported by the command that needs it.
"""
