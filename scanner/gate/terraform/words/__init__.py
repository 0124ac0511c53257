"""Terraform's types in CloudFormation's vocabulary: one table a topic, gathered in `table`."""
