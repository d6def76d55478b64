"""The program ``jq``: a filter's text to tokens, a tree, and values that come out one by one."""
