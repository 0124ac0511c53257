"""Cards become rules; every mistake on a card is told with its place and its cure."""
