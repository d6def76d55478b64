"""Languages, as far as tutorials go; what is beyond is named and refused. Nothing here runs host code."""
