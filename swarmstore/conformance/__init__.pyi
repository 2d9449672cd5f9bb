from .capability import LEARNING_BACKEND as LEARNING_BACKEND, Capability as Capability
from .suite import BackendConformance as BackendConformance

__all__: list[str]
