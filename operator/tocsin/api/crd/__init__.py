"""The generator of the CustomResourceDefinitions in crds/ and in the chart."""
