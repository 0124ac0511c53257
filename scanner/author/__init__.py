"""For people who write rules, and for the pages that are made from them."""
