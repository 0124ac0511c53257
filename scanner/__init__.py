"""Bastionless proves that an AWS network is private and that every login is brokered and logged."""

__version__ = "0.1.0"
