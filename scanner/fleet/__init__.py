"""Scans of any size: accounts side by side, their Regions one by one, nothing kept that nobody will ask for."""
