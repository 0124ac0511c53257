"""Terraform's dialect: the JSON of a plan or a state becomes planned resources in CloudFormation's words.

shapes         which data is a plan, however it is wrapped
changes        resource_changes, planned_values or a state -> one `Change` a resource
values         what is known of a resource, and `Open` where the plan says "known after apply"
configuration  the modules as they were written: which expression gives which value
references     an unknown id -> the planned resource that it is going to be the id of
attributes     one resource as the words below read it
words/         Terraform's types in CloudFormation's vocabulary, as tables by topic
joins          what CloudFormation has no resource for joins the resource that it is about
providers      accounts and Regions
lines          the block of a *.tf file that wrote a resource
"""
