"""Tian's factors: the law Q[C] of a group of variables when everything else is set, link by link.

Tian, Pearl, "A general identification condition for causal effects", AAAI 2002. Each Q[C] is a
product of one link per variable, causes first, so that it can be enumerated or drawn from.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from engine.graph.graph import CausalGraph
from engine.graph.projection import subgraph
from engine.identify.estimand import (
    Expression,
    Probability,
    fraction,
    free_names,
    product,
    summed,
)
from engine.scm.conditional import Conditional


@dataclass(frozen=True, slots=True)
class Derived:
    """P(target | given) within the kernel `of`, whose other variables are summed out.

    It is drawn by going through the links of `of`: a variable in `given` is put at its value and
    weighs the draw by its link, every other one is drawn; the target comes last.
    """

    target: str
    given: tuple[str, ...]
    of: "Kernel"


Link = Conditional | Derived


@dataclass(frozen=True, slots=True)
class Kernel:
    """Q[variables] = Π links, one per variable, causes first."""

    links: tuple[Link, ...]

    @property
    def variables(self) -> tuple[str, ...]:
        """What the links are about, causes first."""
        return tuple(link.target for link in self.links)

    @property
    def expression(self) -> Expression:
        """Π links in the algebra of estimands, effects first."""
        return product(expression_of(link) for link in reversed(self.links))


def expression_of(link: Link) -> Expression:
    """A link in the algebra: P(v | …), or Σ Π / Σ Π for one that is derived."""
    if isinstance(link, Conditional):
        return Probability((link.target,), link.given)
    gone = tuple(v for v in link.of.variables if v not in (*link.given, link.target))
    top = summed(gone, link.of.expression)
    if not link.given:
        return top
    return fraction(top, summed((*gone, link.target), link.of.expression))


def names_in(link: Link) -> frozenset[str]:
    """The variables whose values the link depends on, its target among them."""
    if isinstance(link, Conditional):
        return frozenset((link.target, *link.given))
    return free_names(expression_of(link))


def district_kernel(graph: CausalGraph, district: Collection[str]) -> Kernel:
    """Q[district] = Π P(v | Tian predecessors of v), lemma 1; `graph` has no latent variables."""
    order = graph.order()
    links = []
    for place, variable in enumerate(order):
        if variable in district:
            before = subgraph(graph, frozenset(order[: place + 1]))
            group = before.district(variable)
            needed = group.union(*(graph.parents(v) for v in group)) - {variable}
            given = tuple(v for v in graph.variables if v in needed)
            links.append(Conditional(variable, given))
    return Kernel(tuple(links))


def drawable(kernels: Iterable[Kernel]) -> bool:
    """True where every derived link is made of conditionals alone: deeper ones are not drawn."""
    return all(
        isinstance(link, Conditional) or all(isinstance(i, Conditional) for i in link.of.links)
        for kernel in kernels
        for link in kernel.links
    )


def narrowed(kernel: Kernel, within: Collection[str], keep: Collection[str]) -> Kernel:
    """Q[keep], where keep is a district of the graph over `within`, an ancestral set of the kernel.

    Q[within] is the kernel with the rest summed out (lemma 3); Q[keep] is then the product over v
    in keep of P(v | what is within and before v) (lemma 4).
    """
    kept = [v for v in kernel.variables if v in within]
    return Kernel(
        tuple(derived(kernel, kept[: place + 1]) for place, v in enumerate(kept) if v in keep)
    )


def derived(kernel: Kernel, kept: list[str]) -> Link:
    """P(last of kept | the others) in the kernel, with everything left out that cancels or is 1."""
    *before, target = kept
    links = list(kernel.links[: kernel.variables.index(target) + 1])
    own = links[-1]
    while unused := _unused(links, kept):
        links.remove(unused)
    gone = {link.target for link in links} - set(kept)
    links = _bound_to(own, links, gone)
    if links == [own]:
        return own
    given = tuple(v for v in before if any(link.target == v for link in links))
    return Derived(target, given, Kernel(tuple(links)))


def _unused(links: list[Link], kept: Iterable[str]) -> Link | None:
    """A link that is summed out and that no other link depends on: it adds up to 1."""
    return next(
        (
            link
            for link in links
            if link.target not in kept
            and not any(link.target in names_in(other) for other in links if other is not link)
        ),
        None,
    )


def _bound_to(own: Link, links: list[Link], gone: set[str]) -> list[Link]:
    """`own` and the links that a chain of summed variables joins to it: the others cancel."""
    reached, size = names_in(own) & gone, -1
    while size != len(reached):
        size = len(reached)
        for link in links:
            if names_in(link) & reached:
                reached |= names_in(link) & gone
    return [link for link in links if link is own or names_in(link) & reached]
