"""A network as a picture: what stands where, and in red what the internet was proved to reach."""
