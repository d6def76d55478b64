"""Text to tree (POSIX awk): ``tokens`` < ``expressions`` < ``parser`` are one reader, each adding a level."""
