"""Pure answers about addresses and routes; rules ask them through the kit."""
