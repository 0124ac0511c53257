"""Places: which line of somebody's files stands for a resource, found in their text and never by running anything."""
