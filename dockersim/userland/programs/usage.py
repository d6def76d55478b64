"""What programs say of themselves: ``--help``, ``--version`` and where to look after a mistake.

Synopses are facts of each program; the sentences are ours.
"""
# ruff: noqa: E501 (one program a line)

from __future__ import annotations

from functools import cache
from typing import NoReturn

from dockersim.userland.process import Process

BUSYBOX_VERSION = "1.37.0"
BANNER = f"BusyBox v{BUSYBOX_VERSION} (2025-07-05 18:52:36 UTC) multi-call binary."

FAMILIES = {
    "GNU coreutils": "9.1",
    "GNU findutils": "4.9.0",
    "GNU grep": "3.8",
    "GNU sed": "4.9",
    "GNU tar": "1.34",
    "GNU diffutils": "3.8",
    "procps-ng": "4.0.2",
    "util-linux": "2.38.1",
    "gzip": "1.12",
}
MEMBERS = {
    "GNU findutils": "find xargs",
    "GNU grep": "grep egrep fgrep",
    "GNU sed": "sed",
    "GNU tar": "tar",
    "GNU diffutils": "cmp diff",
    "procps-ng": "free kill pgrep pkill pidof ps sysctl top uptime w watch",
    "util-linux": "cal dmesg hexdump hd ionice lscpu more mount rev setsid su umount",
    "gzip": "gzip gunzip zcat",
}

TWO = ("grep", "egrep", "fgrep", "sort", "cmp", "diff", "expr")
"""Applets of busybox that end with status 2 after a mistake."""

# name | GNU synopsis | busybox synopsis | what it does
_TABLE = """
adduser|[--disabled-password] [--gecos GECOS] [--ingroup GROUP] USER|[OPTIONS] USER [GROUP]|Create a user, or add USER to GROUP
addgroup|[--gid ID] [--system] GROUP|[-g GID] [-S] [USER] GROUP|Add a group, or add a user to a group
awk|[-F fs] [-v var=value] 'prog' [file ...]|[-F SEP] [-v VAR=VAL] [-f FILE]... 'PROG' [FILE]...|Run a program for each line of the input
base64|[OPTION]... [FILE]|[-d] [-w COL] [FILE]|Encode as base64, or decode with -d
basename|NAME [SUFFIX]|FILE [SUFFIX]|Remove directories, and SUFFIX, from a name
cal|[options] [[month] year]|[-jmy] [[MONTH] YEAR]|Show a calendar
cat|[OPTION]... [FILE]...|[-nbvteA] [FILE]...|Write files one after another to standard output
chgrp|[OPTION]... GROUP FILE...|[-RHLP]... GROUP FILE...|Change the group of files
chmod|[OPTION]... MODE[,MODE]... FILE...|[-R] MODE[,MODE]... FILE...|Change the permissions of files
chown|[OPTION]... [OWNER][:[GROUP]] FILE...|[-Rh]... USER[:[GRP]] FILE...|Change the owner of files
cksum|[FILE]...|[FILE]...|Print CRC checksum and size of files
clear||||
cmp|[OPTION]... FILE1 [FILE2 [SKIP1 [SKIP2]]]|[-ls] [-n NUM] FILE1 [FILE2]|Compare two files byte by byte
comm|[OPTION]... FILE1 FILE2|[-123] FILE1 FILE2|Compare two sorted files line by line
cp|[OPTION]... SOURCE... DEST|[-arPLHpfinlsTu] SOURCE DEST or SOURCE... DIRECTORY|Copy files
cut|OPTION... [FILE]...|[OPTIONS] [FILE]...|Print selected parts of each line
date|[OPTION]... [+FORMAT]|[OPTIONS] [+FMT] [[-s] TIME]|Show the date and time
dd|[OPERAND]...|[if=FILE] [of=FILE] [bs=N] [count=N] [skip=N] [seek=N]|Copy a file, block by block
df|[OPTION]... [FILE]...|[-PkmhTai] [FILESYSTEM]...|Show how full file systems are
diff|[OPTION]... FILES|[-abBdiNqrTstw] [-L LABEL] [-S FILE] [-U LINES] FILE1 FILE2|Compare files line by line
dirname|[OPTION] NAME...|FILENAME|Strip the last component of a name
dmesg|[options]|[-cr] [-n LEVEL]|Print the kernel's messages
du|[OPTION]... [FILE]...|[-aHLdclsxhmk] [FILE]...|Add up the space that files take
env|[OPTION]... [-] [NAME=VALUE]... [COMMAND [ARG]...]|[-iu0] [-] [name=value]... [PROG ARGS]|Run a program in a changed environment, or show it
expand|[OPTION]... [FILE]...|[-i] [-t N] [FILE]...|Turn tabs into spaces
expr|EXPRESSION|EXPRESSION|Evaluate an expression
factor|[NUMBER]...|[NUMBER]...|Print prime factors
find|[path...] [expression]|[-HL] [PATH]... [OPTIONS] [ACTIONS]|Search for files
fold|[OPTION]... [FILE]...|[-bs] [-w WIDTH] [FILE]...|Wrap lines
free|[options]|[-bkmgh]|Show how much memory is free
getent|database [key ...]|database [key ...]|Get entries of the name databases
grep|[OPTION]... PATTERNS [FILE]...|[-HhnlLoqvsrRiwFE] [-m N] [-A|B|C N] { PATTERN \\| -e PATTERN... \\| -f FILE... } [FILE]...|Search for patterns
groups|[OPTION]... [USERNAME]...|[USER]|Print the groups of a user
gunzip|[OPTION]... [FILE]...|[-cfkt] [FILE]...|Decompress files
gzip|[OPTION]... [FILE]...|[-cfkdt123456789] [FILE]...|Compress files
head|[OPTION]... [FILE]...|[OPTIONS] [FILE]...|Print the first 10 lines of files
hexdump|[options] <file>...|[-bcdoxCv] [-e FMT] [-f FMT_FILE] [-n LEN] [-s OFS] [FILE]...|Show files in hexadecimal
hostname|[-b] {hostname\\|-F file}|[-sidf] [HOSTNAME \\| -F FILE]|Show or set the name of the computer
id|[OPTION]... [USER]...|[-ugGnr] [USER]|Show users and groups
install|[OPTION]... [-T] SOURCE DEST|[-cdDsp] [-o USER] [-g GRP] [-m MODE] [-t DIR] [SOURCE]... DEST|Copy files and set their rights
ionice|[options] <command>|[-c 1-3] [-n 0-7] [-t] { -p PID \\| PROG ARGS }|Set the priority of input and output
join|[OPTION]... FILE1 FILE2|[OPTIONS] FILE1 FILE2|Join lines of two files on a common field
kill|[options] <pid> [...]|[-l] [-SIG] PID...|Send a signal to processes
killall|[OPTION]... [--] NAME...|[-lq] [-SIG] PROCESS_NAME...|Send a signal to processes by name
less|[OPTIONS] [FILE]...|[-EFIMmNSRh~] [FILE]...|View files page by page
ln|[OPTION]... [-T] TARGET LINK_NAME|[-sfnbtv] [-S SUF] TARGET... LINK\\|DIR|Make links between files
ls|[OPTION]... [FILE]...|[-1AaCxdLHRFplinshrSXvctu] [-w WIDTH] [FILE]...|List directory contents
lscpu|[options]|[-a]|Describe the processors
md5sum|[OPTION]... [FILE]...|[-c[sw]] [FILE]...|Print or check MD5 checksums
mkdir|[OPTION]... DIRECTORY...|[-m MODE] [-p] DIRECTORY...|Create directories
mkfifo|[OPTION]... NAME...|[-m MODE] NAME|Create named pipes
mknod|[OPTION]... NAME TYPE [MAJOR MINOR]|[-m MODE] NAME TYPE [MAJOR MINOR]|Create special files
mktemp|[OPTION]... [TEMPLATE]|[-dt] [-p DIR] [TEMPLATE]|Create a temporary file or directory
more|[options] <file>...|[FILE]...|View files page by page
mount|[-lhV]|[OPTIONS] [-o OPT] DEVICE NODE|Show or make mounts
mv|[OPTION]... SOURCE... DEST|[-finT] SOURCE... DIRECTORY|Move or rename files
nice|[OPTION] [COMMAND [ARG]...]|[-n ADJUST] [PROG ARGS]|Run a program with another priority
nl|[OPTION]... [FILE]...|[OPTIONS] [FILE]...|Number lines
nohup|COMMAND [ARG]...|PROG ARGS|Run a program immune to hangups
nproc|[OPTION]...|[--all] [--ignore=N]|Print how many processors there are
od|[OPTION]... [FILE]...|[-abcdfhilovxs] [-t TYPE] [-A RADIX] [-N SIZE] [-j SKIP] [FILE]...|Show files in octal and other forms
passwd|[options] [LOGIN]|[-a ALG] [-dlu] [USER]|Change a password
paste|[OPTION]... [FILE]...|[-d LIST] [-s] [FILE]...|Merge lines of files
pgrep|[options] <pattern>|[-flanovx] [-s SID\\|-P PPID\\|PATTERN]|Find processes
pidof|[options] [program ...]|[-s] [-o PID] [NAME]...|Find the process IDs of a program
pkill|[options] <pattern>|[-l\\|-SIGNAL] [-xfvnoe] [-s SID\\|-P PPID\\|PATTERN]|Send a signal to processes that match
printenv|[OPTION]... [VARIABLE]...|[VARIABLE]...|Print environment variables
printf|FORMAT [ARGUMENT]...|FORMAT [ARG]...|Format and print arguments
ps|[options]|[-o COL1,COL2=HEADER] [-T]|Show processes
pwd|[OPTION]...||Print the working directory
readlink|[OPTION]... FILE...|[-fnv] FILE|Print where a symbolic link leads
realpath|[OPTION]... FILE...|FILE...|Print the absolute path
rev|[options] [<file> ...]|[FILE]...|Reverse the characters of each line
rm|[OPTION]... [FILE]...|[-irf] FILE...|Remove files
rmdir|[OPTION]... DIRECTORY...|[-p] DIRECTORY...|Remove empty directories
sed|[OPTION]... {script-only-if-no-other-script} [input-file]...|[-i[SFX]] [-nrE] [-f FILE]... [-e CMD]... [FILE]...|Edit a stream of lines
seq|[OPTION]... [FIRST [INCREMENT]] LAST|[-w] [-s SEP] [FIRST [INC]] LAST|Print a sequence of numbers
setsid|[options] <program> [arguments ...]|[-c] PROG ARGS|Run a program in a new session
sha1sum|[OPTION]... [FILE]...|[-c[sw]] [FILE]...|Print or check SHA1 checksums
sha224sum|[OPTION]... [FILE]...|[-c[sw]] [FILE]...|Print or check SHA224 checksums
sha256sum|[OPTION]... [FILE]...|[-c[sw]] [FILE]...|Print or check SHA256 checksums
sha384sum|[OPTION]... [FILE]...|[-c[sw]] [FILE]...|Print or check SHA384 checksums
sha512sum|[OPTION]... [FILE]...|[-c[sw]] [FILE]...|Print or check SHA512 checksums
shuf|[OPTION]... [FILE]|[-n NUM] [-o FILE] [-z] [FILE \\| -e [ARG]... \\| -i L-H]|Shuffle lines
sleep|NUMBER[SUFFIX]...|[N]...|Pause
sort|[OPTION]... [FILE]...|[-nrughMcszbdfiokt] [-o FILE] [-k START[.OFS][OPTS][,END[.OFS][OPTS]] [-t CHAR] [FILE]...|Sort lines
split|[OPTION]... [FILE [PREFIX]]|[OPTIONS] [INPUT [PREFIX]]|Split a file into pieces
stat|[OPTION]... FILE...|[-ltf] [-c FMT] FILE...|Show what a file system knows of a file
strings|[option(s)] [file(s)]|[-fo] [-t o\\|d\\|x] [-n LEN] [FILE]...|Print the printable strings in files
stty|[-F DEVICE] [SETTING]...|[-a\\|g] [-F DEVICE] [SETTING]...|Show or change a terminal's settings
su|[options] [-] [<user> [<argument>...]]|[-lmp] [-s SH] [-] [USER [FILE ARGS]]|Run a shell as another user
sync|[OPTION] [FILE]...||Write all buffered blocks to disk
sysctl|[options] [variable[=value] ...]|[-enq] { -a \\| -p [FILE]... \\| [-w] [KEY[=VALUE]]... }|Show kernel parameters
tac|[OPTION]... [FILE]...|[FILE]...|Print files, last line first
tail|[OPTION]... [FILE]...|[OPTIONS] [FILE]...|Print the last 10 lines of files
tar|[OPTION...] [FILE]...|c\\|x\\|t [-ZzJjahmvokO] [-f TARFILE] [-C DIR] [-T FILE] [-X FILE] [LONGOPT]... [FILE]...|Make, list or extract archives
tee|[OPTION]... [FILE]...|[-ai] [FILE]...|Copy standard input to files and to standard output
test|EXPRESSION|EXPRESSION ]|Check conditions
timeout|[OPTION] DURATION COMMAND [ARG]...|[-s SIG] [-k KILL_SECS] SECS PROG ARGS|Run a program with a time limit
top|[options]|[-bmH] [-n COUNT] [-d SECONDS]|Show processes by their use of the processor
touch|[OPTION]... FILE...|[-cham] [-d DATE] [-t DATE] [-r FILE] FILE...|Set the times of files, creating them where missing
tr|[OPTION]... STRING1 [STRING2]|[-cds] STRING1 [STRING2]|Translate, squeeze or delete characters
truncate|OPTION... FILE...|[-c] -s SIZE FILE...|Set the size of files
tty|[OPTION]...|[-s]|Print the name of the terminal
umount|[-hV]|[-rlfdaM] [-t FSTYPES] FILESYSTEM|DIRECTORY|Undo mounts
uname|[OPTION]...|[-amnrspvio]|Describe the system
unexpand|[OPTION]... [FILE]...|[-fa][-t N] [FILE]...|Turn spaces into tabs
uniq|[OPTION]... [INPUT [OUTPUT]]|[-cduiz] [-f,s,w N] [FILE [OUTFILE]]|Drop repeated lines
unlink|FILE|FILE|Remove one file
usleep|NUMBER|N|Pause for microseconds
watch|[options] command|[-n SEC] [-t] PROG ARGS|Run a program again and again
wc|[OPTION]... [FILE]...|[-cmlwL] [FILE]...|Count lines, words and bytes
which|[-as] args|[-a] COMMAND...|Find a program on PATH
whoami|[OPTION]...||Print the name of the effective user
xargs|[OPTION]... COMMAND [INITIAL-ARGS]...|[OPTIONS] [PROG ARGS]|Run a program on arguments from standard input
xxd|[options] [infile [outfile]]|[-pri] [-g N] [-c N] [-l LEN] [-s OFS] [-o OFS] [FILE]|Show files in hexadecimal, or turn that back
yes|[STRING]...|[STRING]|Repeat a line for ever
""".replace("\\|", "\x00")


@cache
def _synopses() -> dict[str, tuple[str, str, str]]:
    table = {}
    for line in _TABLE.strip().splitlines():
        name, gnu, *middle, what = line.split("|")
        table[name] = gnu.replace("\x00", "|"), "|".join(middle).replace("\x00", "|"), what
    return table


def synopsis(name: str, busybox: bool) -> tuple[str, str]:
    """What follows the program's name on its usage line, and a sentence of what it does."""
    gnu, other, what = _synopses().get(name, ("[OPTION]...", "[OPTIONS]", ""))
    return (other if busybox else gnu), what


def family(name: str) -> str:
    """The package of GNU, or another, that the program belongs to."""
    return next((package for package, members in MEMBERS.items() if name in members.split()), "GNU coreutils")


def busybox_usage(p: Process) -> str:
    """The usage text that busybox prints, on standard error after a mistake too."""
    line, what = synopsis(p.name, True)
    text = f"{BANNER}\n\nUsage: {p.name} {line}".rstrip() + "\n"
    return f"{text}\n{what}\n" if what else text


def show_help(p: Process) -> NoReturn:
    """``--help``."""
    if p.flavour == "busybox":
        p.err(busybox_usage(p))
    else:
        line, what = synopsis(p.name, False)
        p.out(f"Usage: {p.name} {line}".rstrip() + "\n" + (f"{what}.\n" if what else ""))
    p.exit(0)


def show_version(p: Process) -> NoReturn:
    """``--version``."""
    package = family(p.name)
    version = FAMILIES[package]
    if package == "procps-ng":
        p.out(f"{p.name} from procps-ng {version}\n")
    elif package == "util-linux":
        p.out(f"{p.name} from util-linux {version}\n")
    elif package == "gzip":
        p.out(f"gzip {version}\n")
    else:
        p.out(f"{p.name} ({package}) {version}\n")
    p.exit(0)


def try_help(p: Process, status: int = 1) -> NoReturn:
    """What follows a complaint about options: a hint (GNU) or the usage text (busybox)."""
    if p.flavour == "busybox":
        p.err(busybox_usage(p))
        p.exit(2 if p.name in TWO else 1)
    package = family(p.name)
    if package in ("GNU grep", "GNU sed") or p.name in ("kill", "pgrep", "pkill", "free", "watch"):
        p.err(f"Usage: {p.name} {synopsis(p.name, False)[0]}\n")
    if package == "GNU tar":
        p.err("Try 'tar --help' or 'tar --usage' for more information.\n")
    else:
        p.err(f"Try '{p.name} --help' for more information.\n")
    p.exit(status)
