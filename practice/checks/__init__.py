"""What the practices check, one table for each; how they do it is told in `_engine.py`."""
