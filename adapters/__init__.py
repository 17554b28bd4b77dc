"""How it reaches the world: stores, doors, gateways, pages, the command line."""
