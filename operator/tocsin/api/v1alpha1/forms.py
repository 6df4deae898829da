"""The forms of names and short texts in the custom resources."""

from typing import Annotated, Final

from pydantic import Field

from tocsin.api.v1alpha1.markers import Form

LABEL_NAME: Final = Form(
    "^[a-zA-Z_][a-zA-Z0-9_]*$", "a label name of letters, digits and _, like team or gpu"
)
HEADER_NAME: Final = Form(
    "^[A-Za-z][-A-Za-z0-9]{0,62}$", "a header's name of letters, digits and -, like X-Api-Key"
)
# With a rule's name it is the name of an annotation, of at most 63 characters.
PARAMETER_NAME: Final = Form(
    "^[a-z][a-zA-Z0-9]{0,21}$", "a name of at most 22 letters and digits, like limit or maxLatency"
)
LINK_NAME: Final = Form(
    "^[a-zA-Z][-_a-zA-Z0-9]{0,62}$", "a name of letters, digits, - and _, like runbook"
)
LINK: Final = Form(
    "^(https?://|[{][{])[^\\n]*$", "a link: begin it with https:// (or with a {{ template }})"
)
DNS_LABEL: Final = Form(
    "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "a name of lower-case letters, digits and -, like default"
)
DNS_NAME: Final = Form(
    "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$", "a name of lower-case letters, digits, - and ."
)
OBJECT_LABEL_KEY: Final = Form(
    "^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$",
    "a Kubernetes label key, like team or example.com/team",
)
OBJECT_LABEL_VALUE: Final = Form(
    "^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$",
    "a Kubernetes label value of at most 63 letters, digits, -, _ and .",
)

LabelName = Annotated[str, Field(max_length=128), LABEL_NAME]
Link = Annotated[str, Field(max_length=2048), LINK]
ObjectName = Annotated[str, Field(max_length=63), DNS_LABEL]
DottedName = Annotated[str, Field(max_length=253), DNS_NAME]
ObjectLabelKey = Annotated[str, Field(max_length=317), OBJECT_LABEL_KEY]
ObjectLabelValue = Annotated[str, Field(max_length=63), OBJECT_LABEL_VALUE]
ShortText = Annotated[str, Field(max_length=1024)]
LongText = Annotated[str, Field(max_length=4096)]
