"""AWS's own words, offline: the table of kinds, botocore's shapes, ARNs, Regions."""
