"""Whether a roadmap holds."""


def assert_roadmap_valid(roadmap):
    """Stub."""
