"""Swedish words: their base forms, and the parts of compounds."""

from allmanning.index.lexicon.mapped import Lexicon as Lexicon
from allmanning.index.lexicon.mapped import folded_lexicon as folded_lexicon
from allmanning.index.lexicon.mapped import lexicon as lexicon
