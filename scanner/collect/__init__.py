"""Live accounts, snapshots and files of Describe answers into inventories; whatever is refused becomes a gap."""
