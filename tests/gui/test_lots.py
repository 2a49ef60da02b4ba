"""Lots in words; the balance is asked for when a lot is marked and told where people look."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from engine.before import fixed_before
from engine.graph.graph import graph_of
from engine.project import Project
from engine.queries.lots import BalanceAnswer, Lot, Unlike
from engine.queries.questions import Balance
from engine.runtime import messages as m
from gui import edit_tiers
from gui.lots import lot_details, lot_line, lot_sentence
from gui.marks import Mark
from tests.gui.canvas.conftest import study
from tests.gui.conftest import Shell

AGE = Unlike("age", 0.08, 0.41, 400)
SEX = Unlike("sex", 0.45, 0.0004, 400, stands_out=True)
EVEN = Lot(("dose",), (AGE,), 0.41, 400)
UNEVEN = Lot(("dose",), (AGE, SEX), 0.002, 400)


def plain(text: str) -> str:
    """With spaces that may break."""
    return text.replace("\u00a0", " ")


def test_an_even_lot_says_no_more_than_it_knows() -> None:
    assert lot_line(EVEN).mark is Mark.PASSED
    assert plain(lot_line(EVEN).quiet) == "p = .41; age by .08 sd"
    assert plain(lot_sentence(EVEN)) == (
        "Set by lot, and so it looks: what was fixed before it (1 variable) differs no more than "
        "chance allows (p = .41)."
    )


def test_an_uneven_lot_names_what_stands_out() -> None:
    assert lot_line(UNEVEN).mark is Mark.WARNED
    assert plain(lot_sentence(UNEVEN)) == (
        "Set by lot, but what was fixed before it (2 variables) differs more than chance allows "
        "(p = .002): most of all sex by .45 sd."
    )
    told = plain(lot_details(UNEVEN)).splitlines()
    assert told[1] == "sex by .45 sd · p < .001 · stands out"
    assert told[2] == "age by .08 sd · p = .41"
    assert "of 20 fair lots, one fails it" in told[3]
    assert "(Holm)" in told[3]


def test_what_cannot_be_tested_says_why() -> None:
    line = lot_line(Lot(("dose",), why_not="nothing measured was fixed before it"))
    assert (line.mark, line.quiet) == (Mark.OPEN, "nothing measured was fixed before it")


def test_fixed_before_follows_arrows_and_tiers() -> None:
    """dose → days and age → severity → days are drawn; ward is a column that is not drawn."""
    project = study()
    assert fixed_before(project, "dose") == ("age", "severity")
    assert fixed_before(project, "age") == ("dose",)
    dated = edit_tiers.set_tier(project, ("dose",), 1)
    assert fixed_before(edit_tiers.set_tier(dated, ("severity",), 2), "dose") == ("age",)
    assert fixed_before(edit_tiers.set_tier(dated, ("ward",), 0), "dose") == (
        "age",
        "severity",
        "ward",
    )
    hidden = replace(project, graph=replace(project.graph, latent=frozenset({"age"})))
    assert fixed_before(hidden, "dose") == ("severity",)
    assert fixed_before(Project(graph=graph_of("ab")), "a") == ()


def asked(shell: Shell) -> list[object]:
    asks = [r for r in shell.engine.requests if isinstance(r, m.Ask)]
    return [r.question for r in asks if r.view == "balance"]


def test_marking_a_lot_asks_for_its_balance_and_tells_it(shell: Shell) -> None:
    shell.engine.answers[Balance] = BalanceAnswer((UNEVEN,))
    shell.document.replace(study())
    assert asked(shell) == []
    shell.app.canvas.stage.select({"dose"})
    shell.app.canvas.setFocus()
    QTest.keyClick(shell.app.canvas, Qt.Key.Key_D)
    assert asked(shell) == [Balance(((("dose",), ("age", "severity")),))]
    QTest.qWait(0)
    assert shell.app.panels.assumptions.tested.lines()[0] == lot_line(UNEVEN)
    assert "most of all sex" in shell.app.canvas.stage.nodes["dose"].tip()
    QTest.keyClick(shell.app.canvas, Qt.Key.Key_D)
    assert lot_line(UNEVEN) not in shell.app.panels.assumptions.tested.lines()
    assert "sex" not in shell.app.canvas.stage.nodes["dose"].tip()
