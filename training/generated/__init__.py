"""Labelled text made from templates and the names folder, to train the built-in names model on.

Every text is made up, and every name in it is labelled: there are no gaps as in text that people
labelled. The names come from the names folder of the shared data, sampled over countries.
"""

from training.generated.document import LOCATION, ORGANIZATION, PERSON, Document
from training.generated.generator import KINDS, documents

__all__ = ["KINDS", "LOCATION", "ORGANIZATION", "PERSON", "Document", "documents"]
