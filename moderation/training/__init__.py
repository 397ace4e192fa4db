"""
Offline learning: sources, corpus and labels in, a proven bundle out. Never imported while serving.

Reads the store, writes `models/`; the recipe is `training.recipe`.
"""
