"""What happened and happens in the demo's organizations, told by the services that people use."""

from demo.ecosystem import World


def tell(world: World) -> None:
    """Tell every story of the organization up to `world.now`."""
