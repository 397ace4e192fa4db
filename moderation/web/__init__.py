"""
The service: one application factory and one module per adapter, all under `create_app`.

Parses and renders; decides nothing and stores nothing itself.
"""
