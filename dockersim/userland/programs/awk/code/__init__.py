"""Tree to Python: each rule and function becomes one Python function.

Generated code refers to the runtime ``rt`` and its helpers, to variables as ``v_name``, and holds constants only as
literals. A function that may have to wait is a generator function.
"""
