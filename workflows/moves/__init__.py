"""Load, decide, save: the four moves, routing, sweeping and sealing."""
