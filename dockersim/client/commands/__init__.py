"""One module for each family of commands; a command is a generator function that takes a :class:`Cli`."""
