"""Rules and inventories become findings."""
