"""Names for containers that were given none: an adjective and a scientist, as moby's namesgenerator joins them."""

from __future__ import annotations

import random
import re
from collections.abc import Container as Contains

from dockersim.errors import InvalidParameter

ADJECTIVES = (
    "admiring agitated amazing awesome beautiful blissful bold boring brave busy charming clever compassionate "
    "condescending confident cool cranky crazy dazzling determined distracted dreamy eager ecstatic elastic elated "
    "elegant eloquent epic exciting fervent festive flamboyant focused friendly frosty funny gallant gifted goofy "
    "gracious great happy hardcore heuristic hopeful hungry infallible inspiring intelligent interesting jolly jovial "
    "keen kind laughing loving lucid magical modest musing mystifying naughty nervous nice nifty nostalgic objective "
    "optimistic peaceful pedantic pensive practical priceless quirky quizzical recursing relaxed reverent romantic sad "
    "serene sharp silly sleepy stoic strange stupefied suspicious sweet tender thirsty trusting unruffled upbeat "
    "vibrant vigilant vigorous wizardly wonderful xenodochial youthful zealous zen"
).split()
SCIENTISTS = (
    "agnesi albattani allen almeida archimedes ardinghelli babbage banach bardeen bartik bassi bell bhaskara "
    "blackwell bohr booth borg bose boyd brahmagupta brown burnell cannon carson cerf chandrasekhar chaplygin "
    "chatelet clarke colden cori cray curie curran darwin davinci dewdney dijkstra dirac easley edison einstein "
    "elbakyan elion engelbart euclid euler faraday fermat fermi feynman franklin galileo galois ganguly gates gauss "
    "germain goldberg goldstine goodall greider hamilton hawking heisenberg hermann hertz heyrovsky hodgkin hoover "
    "hopper hugle hypatia jackson jang jemison jennings johnson joliot jones kalam kapitsa kare keller kepler khayyam "
    "khorana kilby kirch knuth kowalevski lalande lamarr lamport leakey leavitt lewin lovelace lumiere mahavira "
    "margulis maxwell mayer mccarthy mclean mcnulty meitner mendel mendeleev mestorf mirzakhani montalcini moore "
    "morse murdock napier nash neumann newton nightingale nobel noether northcutt noyce panini pare pascal pasteur "
    "payne perlman pike poincare poitras ptolemy raman ramanujan rhodes ride ritchie roentgen rosalind rubin saha "
    "sammet satoshi shannon shaw shirley shockley sinoussi snyder solomon spence stonebraker swanson swartz swirles "
    "tesla thompson torvalds turing varahamihira vaughan villani visvesvaraya volhard wescoff wilbur wiles williams "
    "williamson wilson wing wozniak wright wu yalow yonath zhukovsky"
).split()
_VALID = re.compile(r"/?[a-zA-Z0-9][a-zA-Z0-9_.-]+")


def check(name: str) -> str:
    """``name`` without a leading slash; InvalidParameter for characters that no container's name has."""
    if not _VALID.fullmatch(name):
        raise InvalidParameter(f"Invalid container name ({name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed")
    return name.removeprefix("/")


def generate(rng: random.Random, taken: Contains[str]) -> str:
    """A name that nobody has. ``boring_wozniak`` is never given: Steve Wozniak is not boring."""
    name = ""
    for attempt in range(12):
        name = f"{rng.choice(ADJECTIVES)}_{rng.choice(SCIENTISTS)}"
        if attempt > 5:
            name += str(rng.randrange(10))
        if name != "boring_wozniak" and name not in taken:
            return name
    while name in taken:
        name = f"{rng.choice(ADJECTIVES)}_{rng.choice(SCIENTISTS)}{rng.randrange(1_000_000)}"
    return name
