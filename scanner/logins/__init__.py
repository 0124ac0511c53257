"""Who may log in to what: what the policies let a principal do, and what the network lets it reach, as one answer."""
