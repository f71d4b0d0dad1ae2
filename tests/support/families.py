"""Which declarations read nothing but SLEDAI-2K items: some tests build frames of these alone."""

from malar.endpoints import DEFINITIONS
from malar.instruments import WEIGHTED
from malar.instruments.sledai_2k import SLEDAI_2K

SLEDAI_2K_FORMS = {key: made for key, made in WEIGHTED.items() if set(made.needs()) <= set(SLEDAI_2K.names())}
SLEDAI_2K_ALONE = {key: made for key, made in DEFINITIONS.items() if set(made.visit_needs()) <= set(SLEDAI_2K.names())}
