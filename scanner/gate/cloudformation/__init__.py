"""CloudFormation templates, CDK assemblies and change sets as plans."""
