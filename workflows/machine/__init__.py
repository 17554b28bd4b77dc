"""How a case moves: pure decisions over frozen values."""
