"""One small function a type: planned properties become the dictionaries that AWS would answer with."""
