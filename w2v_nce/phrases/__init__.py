"""Words that belong together as one word: finding phrases and joining them.

>>> from w2v_nce.phrases import PhraseConfig, find_phrases
>>> sentences = [["the", "bank", "of", "america"], ["the", "end", "of", "the", "day"]] * 20
>>> phrases = find_phrases(sentences, PhraseConfig(connectors="english", threshold=5))
>>> phrases.join(["the", "bank", "of", "america"])
['the', 'bank_of_america']
"""

from w2v_nce.phrase_config import PhraseConfig
from w2v_nce.phrases.learning import PhraseTick, find_phrases, learn_phrases
from w2v_nce.phrases.phrases import Phrases
from w2v_nce.phrases.selection import Phrase

__all__ = ["Phrase", "PhraseConfig", "PhraseTick", "Phrases", "find_phrases", "learn_phrases"]
