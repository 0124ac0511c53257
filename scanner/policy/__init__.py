"""Pure answers about documents that say who may do what, and what is written down of it; rules ask them through the kit."""
