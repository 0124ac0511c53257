"""The moto-mocked account: the demo estate, and the operations moto has no answer for."""
