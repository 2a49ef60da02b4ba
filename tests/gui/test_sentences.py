"""Every sentence the window says about an answer, word by word."""

import re
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.interventions import Convention, OneOf, Range, Set, Shift
from engine.queries.answers import Alternative, DoAnswer, Footing, SeeAnswer, Stage
from engine.queries.lights import Support
from engine.queries.questions import Question, Rung
from gui.imagined import convention_words, imagine_sentence
from gui.numerals import MINUS, THIN
from gui.phrases import plain, say, strong
from gui.question.pictures import do_picture
from gui.sentences import (
    disagreement_words,
    do_gap,
    do_sentence,
    footing_sentence,
    gap_text,
    model_sentence,
    rests_list,
    rests_words,
    see_sentence,
    stage_words,
    support_words,
    turned_words,
)
from tests.gui.answers import answer_to, bars, normal, trial

TABLE = trial().table
assert TABLE is not None
DO = answer_to(Question(Rung.DO, "recovery", action=(Set("dose", 2.0),)))
assert isinstance(DO, DoAnswer)


def do(**changes: object) -> str:
    """The sentence of the standard answer with some fields changed; thin spaces as plain ones."""
    return readable(plain(do_sentence(replace(DO, **changes), TABLE)))  # type: ignore[arg-type]


def readable(text: str) -> str:
    return text.replace(THIN, " ")


def test_do_names_contrast_interval_and_what_the_interval_is_of() -> None:
    assert do() == (
        "Setting dose to 2.0 mg shortens recovery by 1.3 days on average, compared with what was "
        "seen (90 %: 0.9 to 1.7 from sampling alone; the graph is taken as given)."
    )


def test_do_on_a_category_speaks_of_its_probability_in_points() -> None:
    text = do(
        outcome="recovered",
        action=(Set("smoker", 0.0),),
        contrast=(Set("smoker", 1.0),),
        before=bars(0.221, 0.779),
        after=bars(0.167, 0.833),
        before_value=0.779,
        after_value=0.833,
        difference=0.054,
        interval=(-0.001, 0.109),
    )
    assert text == (
        "Setting smoker to no changes the probability of recovered = yes by +5.4 points, from "
        "77.9 % to 83.3 %, which may be nothing, compared with setting smoker to yes (90 %: 0.1 "
        "less to 10.9 more from sampling alone; the graph is taken as given)."
    )
    sure = do(
        outcome="recovered", before=bars(0.221, 0.779), before_value=0.779, after_value=0.833,
        interval=(0.001, 0.107),
    )  # fmt: skip
    assert "raises the probability of recovered = yes by 5.4 points, from 77.9 % to" in sure


def test_do_says_lengthens_raises_lowers() -> None:
    up = {"before_value": 7.4, "after_value": 8.7, "interval": None}
    assert "lengthens recovery by 1.3 days" in do(**up)
    assert "raises adherence by 1.3 on" in do(outcome="adherence", **up)
    assert "lowers age by 1.3 years" in do(
        outcome="age", before_value=8.7, after_value=7.4, interval=None
    )


def test_do_several_interventions_and_shifts() -> None:
    text = do(action=(Shift("dose", 0.5), Set("severity", 1.0), Shift("age", -2.0)), contrast=())
    assert text.startswith(
        "Raising dose by 0.5 mg, setting severity to mid and lowering age by 2.0 years shortens"
    )
    assert "compared with no intervention" in text


def test_do_an_interval_around_nothing_is_said_from_both_sides() -> None:
    text = do(before_value=8.7, after_value=8.0, interval=(-1.7, 0.3))
    assert "changes recovery by −0.7 days on average, which may be nothing, compared" in text
    assert "(90 %: 1.7 less to 0.3 more from sampling alone" in text
    text = do(before_value=8.0, after_value=8.7, interval=(-0.3, 1.7))
    assert "changes recovery by +0.7 days on average, which may be nothing, compared" in text
    assert "(90 %: 0.3 less to 1.7 more from sampling alone" in text
    learning = do(before_value=8.0, after_value=8.7, interval=(-0.3, 1.7), stage=Stage.TRAINING)
    assert "lengthens recovery by 0.7 days" in learning  # no interval is shown yet


def test_do_no_interval_before_the_mechanisms_have_converged() -> None:
    for stage in (Stage.FIRST_GUESS, Stage.TRAINING):
        assert "from sampling" not in do(stage=stage)
    assert do(interval=None) == (
        "Setting dose to 2.0 mg shortens recovery by 1.3 days on average, compared with what was "
        "seen."
    )
    assert stage_words(Stage.FIRST_GUESS) == "first guess, straight lines"
    assert stage_words(Stage.TRAINING) == "still learning"
    assert stage_words(Stage.FITTED) == ""


def test_do_nothing_moves() -> None:
    assert do(after_value=8.73, interval=(0.0, 0.0)).startswith(
        "Setting dose to 2.0 mg leaves recovery at 8.73 days on average, compared with what was"
    )


def test_not_identified_gives_the_reason_and_no_number() -> None:
    text = do(
        before_value=None,
        after_value=None,
        difference=None,
        footing=Footing(False, why_not="dose and recovery share a hidden cause."),
    )
    assert text == "No number: dose and recovery share a hidden cause."
    assert not re.search(r"\d", text)


def test_a_changed_sign_is_said() -> None:
    turned = "The sign changed: the first guess, straight lines, pointed the other way."
    assert turned_words(replace(DO, first_guess=0.4), TABLE) == turned
    assert turned_words(replace(DO, first_guess=-0.4), TABLE) == ""
    assert turned_words(replace(DO, first_guess=0.4, stage=Stage.FIRST_GUESS), TABLE) == ""


def test_support() -> None:
    assert readable(support_words(DO, TABLE)) == (
        "2.0 mg was plausible for 71 % of such rows; 29 % of this answer is extrapolated."
    )
    both = replace(DO, action=(Set("severity", 1.0), Shift("dose", 0.5)), support=Support(1.0))
    assert support_words(both, TABLE) == (
        "severity = mid and dose 0.5 mg higher was plausible for all such rows; nothing is "
        "extrapolated."
    )
    assert support_words(replace(DO, support=None), TABLE) == ""


def test_footing_counts_and_names_what_no_data_can_test() -> None:
    footing = DO.footing
    assert plain(footing_sentence(footing)) == (
        "If your arrows are right: computable, adjusting for age and severity."
    )
    assert rests_words(footing) == (
        "Rests on 1 absent arrow and 3 absent hidden causes that no data can test."
    )
    assert rests_list(footing)[:2] == ("no arrow age → adherence", "no hidden cause age ↔ recovery")
    assert len(rests_list(footing)) == 4
    assert rests_words(Footing(True)) == ""
    assert rests_words(Footing(True, listed=False)) == (
        "Rests on absent arrows and hidden causes that no data can test "
        "(too many variables to list)."
    )
    assert footing_sentence(Footing(False)) == ()
    assert footing_sentence(Footing(None)) == ()
    later = Footing(True, "front-door adjustment", why_not="Not computed.", computable=False)
    assert plain(footing_sentence(later)) == (
        "If your arrows are right: the data determine it, but no number is there yet."
    )
    bare = Footing(True, "back-door adjustment")
    assert plain(footing_sentence(bare)).endswith("computable, with nothing to adjust for.")
    door = Footing(True, "front-door adjustment")
    assert plain(footing_sentence(door)).endswith("computable through the front door.")
    napkin = Footing(True, "ID algorithm")
    assert plain(footing_sentence(napkin)).endswith("though by no adjustment alone.")


@given(
    st.floats(-1e6, 1e6),
    st.floats(-1e6, 1e6),
    st.floats(0, 1e6),
    st.booleans(),
)
def test_sentence_and_picture_agree_to_the_last_digit(
    before: float, after: float, half: float, sure: bool
) -> None:
    answer = replace(
        DO,
        before=normal(before, 1.0),
        after=normal(after, 1.0),
        before_value=before,
        after_value=after,
        difference=after - before,
        interval=(after - before - half, after - before + half) if sure else None,
    )
    picture = do_picture(answer, TABLE)
    shown = do_gap(answer, TABLE)
    assert picture is not None
    assert shown is not None
    first, last = (_number(layer.text) for layer in picture.layers)
    assert last - first == _number(picture.gap)
    assert picture.gap == gap_text(shown, TABLE.variable("recovery"))
    sentence = plain(do_sentence(answer, TABLE))
    said = re.search(rf" by ([+{MINUS}]?[\d{THIN}.]+) days on average", sentence)
    assert (Decimal(0) if said is None else _number(said[1])) in (last - first, abs(last - first))
    assert [layer.value for layer in picture.layers] == [float(first), float(last)]


def _number(text: str) -> Decimal:
    body = text.removesuffix(" days").replace(THIN, "").replace(MINUS, "-").replace("+", "")
    return Decimal(body)


def test_see_counts_rows_and_keeps_the_model_apart() -> None:
    dose = Range("dose", 1.9, 2.1)
    answer = answer_to(Question(Rung.SEE, "recovery", evidence=(dose,)))
    assert isinstance(answer, SeeAnswer)
    answer = replace(answer, before_value=8.41, data_value=7.92, before=normal(8.41, 3.0))
    assert readable(plain(see_sentence(answer, TABLE))) == (
        "312 of 4 812 rows have dose 1.9–2.1. Among them recovery is 7.92 days on average "
        "(all rows: 8.41)."
    )
    rough = replace(answer, before_value=8.4, data_value=7.1)
    assert readable(plain(see_sentence(rough, TABLE))) == (
        "312 of 4 812 rows have dose 1.9–2.1. Among them recovery is 7.1 days on average "
        "(all rows: 8.4)."
    )
    assert plain(model_sentence(answer, TABLE)) == (
        "The model's mean recovery where dose 1.9–2.1: 7.98 days, by likelihood weighting; "
        "effective sample size 214."
    )
    none = replace(answer, matching=0, data=None, data_value=None, model=None, model_value=None)
    assert readable(plain(see_sentence(none, TABLE))) == "None of 4 812 rows has dose 1.9–2.1."
    assert "no value" in plain(model_sentence(none, TABLE))


def test_see_categories() -> None:
    evidence = (OneOf("severity", (0, 1)), Range("dose", 1.9, 2.1))
    answer = answer_to(Question(Rung.SEE, "recovered", evidence=evidence))
    assert isinstance(answer, SeeAnswer)
    assert readable(plain(see_sentence(answer, TABLE))) == (
        "312 of 4 812 rows have severity = low or mid and dose 1.9–2.1. Among them 78.0 % have "
        "recovered = yes (all rows: 80.5 %)."
    )
    everyone = replace(answer, evidence=(), data_value=answer.before_value)
    text = readable(plain(see_sentence(everyone, TABLE)))
    assert text == "80.5 % of all 4 812 rows have recovered = yes."
    assert model_sentence(everyone, TABLE) == ()


def test_see_says_where_rows_and_model_disagree() -> None:
    evidence = (Range("dose", 1.9, 2.1),)
    base = answer_to(Question(Rung.SEE, "recovery", evidence=evidence))
    assert isinstance(base, SeeAnswer)
    near = replace(base, matching=400, ess=None, data=normal(7.93, 1.6), before=normal(8.41, 1.9))
    # 3 · 1.6 / √400 = 0.24 > 0.1 · 1.9
    assert disagreement_words(replace(near, model_value=7.93 + 0.23), TABLE) == ""
    assert disagreement_words(replace(near, model_value=7.93 + 0.25), TABLE) == (
        "The model and the rows disagree here: 8.18 days against 7.93 days."
    )
    # with 100 draws as well: 3 · 1.6 · √(1/400 + 1/100) = 0.54
    drawn = replace(near, ess=100.0, model=normal(8.0, 1.6))
    assert disagreement_words(replace(drawn, model_value=7.93 + 0.53), TABLE) == ""
    assert disagreement_words(replace(drawn, model_value=7.93 + 0.55), TABLE) != ""
    # with 40 000 rows 3 · 1.6 / √40 000 = 0.024, and .1 sd = 0.19 is what counts
    many = replace(near, matching=40_000)
    assert disagreement_words(replace(many, model_value=7.93 - 0.18), TABLE) == ""
    assert disagreement_words(replace(many, model_value=7.93 - 0.20), TABLE) != ""
    far = replace(near, model_value=12.0)
    assert disagreement_words(far, TABLE) != ""
    assert disagreement_words(replace(far, stage=Stage.TRAINING), TABLE) == ""
    assert disagreement_words(replace(far, matching=1, data=normal(7.93, 0.1)), TABLE) == ""
    assert disagreement_words(replace(far, evidence=()), TABLE) == ""
    assert disagreement_words(replace(far, model_value=None), TABLE) == ""


def test_see_a_share_of_few_rows_is_not_held_against_the_model() -> None:
    evidence = (Range("dose", 1.9, 2.1),)
    base = answer_to(Question(Rung.SEE, "recovered", evidence=evidence))
    assert isinstance(base, SeeAnswer)
    all_yes = replace(base, matching=4, data_value=1.0, model_value=0.8, ess=None)
    assert disagreement_words(all_yes, TABLE) == ""  # 3 · √(.8 · .2 / 4) = .6
    assert readable(disagreement_words(replace(all_yes, matching=400), TABLE)) == (
        "The model and the rows disagree here: 80.0 % against 100 %."
    )


def test_imagine_names_the_row_the_rank_and_the_luck() -> None:
    answer = answer_to(Question(Rung.IMAGINE, "recovery", action=(Set("dose", 3.0),), row=12))
    assert plain(imagine_sentence(answer, TABLE)) == (  # type: ignore[arg-type]
        "Row 12, had dose been 3.0 mg: recovery 4.2 days instead of 6.1, if this row keeps the "
        "same rank; 2.0 if ranks turn round; 0.4 to 6.0 if luck is drawn again."
    )
    assert convention_words(answer, TABLE) == (  # type: ignore[arg-type]
        "By the same-rank convention; data cannot tell conventions apart, and over all of them, "
        "ranks turned round one by one too, it goes from 0.4 to 6.6."
    )


def test_imagine_a_category_by_the_named_convention() -> None:
    question = Question(Rung.IMAGINE, "recovered", action=(Shift("dose", 0.5),), row=12)
    answer = answer_to(question)
    assert readable(plain(imagine_sentence(answer, TABLE))) == (  # type: ignore[arg-type]
        "Row 12, had dose been 0.5 mg higher: recovered would be yes with probability 83 % "
        "(it was no), if this row keeps its luck; 70 % if luck is drawn again."
    )
    assert convention_words(answer, TABLE) == (  # type: ignore[arg-type]
        "By the convention that each category keeps its luck (Gumbel-max);"
        " data cannot tell conventions apart."
    )


@pytest.mark.parametrize(
    ("convention", "words", "name"),
    [
        (
            Convention.REVERSAL,
            "recovery 2.0 days instead of 6.1, if ranks turn round; 4.2 if this row keeps the same "
            "rank; 0.4 to 6.0 if luck is drawn again.",
            "turned-rank",
        ),
        (
            Convention.REDRAW,
            "recovery 0.4 to 6.0 days instead of 6.1, if luck is drawn again; 4.2 if this row "
            "keeps the same rank; 2.0 if ranks turn round.",
            "fresh-luck",
        ),
    ],
)
def test_imagine_starts_with_the_convention_asked_for(
    convention: Convention, words: str, name: str
) -> None:
    question = Question(Rung.IMAGINE, "recovery", action=(Set("dose", 3.0),), row=12)
    answer = answer_to(replace(question, convention=convention))
    assert plain(imagine_sentence(answer, TABLE)).endswith(words)  # type: ignore[arg-type]
    assert name in convention_words(answer, TABLE)  # type: ignore[arg-type]


def test_imagine_what_stays_by_one_convention_may_move_by_another() -> None:
    question = Question(Rung.IMAGINE, "recovery", action=(Set("dose", 3.0),), row=12)
    answer = answer_to(question)
    unit = answer.units["recovery"]  # type: ignore[union-attr]
    under = {**unit.under, Convention.RANK: Alternative(6.13)}
    units = {
        **answer.units,  # type: ignore[union-attr]
        "recovery": replace(unit, imagined=6.13, status="unchanged", under=under),
    }
    assert plain(imagine_sentence(replace(answer, units=units), TABLE)).endswith(  # type: ignore[arg-type, type-var]
        "recovery stays 6.13 days, if this row keeps the same rank; 2.04 if ranks turn round; "
        "0.42 to 6.03 if luck is drawn again."
    )
    yes = Alternative(1.0, np.array([0.0, 1.0]))
    chance = replace(answer.units["recovered"], actual=1.0, status="unchanged")  # type: ignore[union-attr]
    chance = replace(
        chance,
        probabilities=yes.probabilities,
        under={**chance.under, Convention.RANK: yes, Convention.REVERSAL: yes},
    )
    stays = replace(
        answer,  # type: ignore[type-var]
        outcome="recovered",
        convention="gumbel",
        units={**units, "recovered": chance},
    )
    assert readable(plain(imagine_sentence(stays, TABLE))).endswith(  # type: ignore[arg-type]
        "recovered stays yes, if this row keeps its luck; yes 70 % if luck is drawn again."
    )


def test_imagine_what_stays_and_what_cannot_be_said() -> None:
    answer = answer_to(Question(Rung.IMAGINE, "age", action=(Set("dose", 3.0),), row=12))
    assert plain(imagine_sentence(answer, TABLE)).endswith("age stays 52.0 years.")  # type: ignore[arg-type]
    units = dict(answer.units)  # type: ignore[union-attr]
    units["age"] = replace(units["age"], imagined=None, status="refused")
    refused = replace(answer, units=units, footing=Footing(False, why_not="age ↔ dose is drawn."))  # type: ignore[type-var]
    assert plain(imagine_sentence(refused, TABLE)).endswith("no number: age ↔ dose is drawn.")  # type: ignore[arg-type]
    units["age"] = replace(units["age"], actual=float(np.nan), imagined=3.0, status="changed")
    missing = replace(refused, units=units)
    assert plain(imagine_sentence(missing, TABLE)).endswith("age is missing in this row.")  # type: ignore[arg-type]


def test_imagine_a_row_as_it_was_changes_nothing() -> None:
    answer = answer_to(Question(Rung.IMAGINE, "recovery", action=(Set("dose", 1.2),), row=12))
    assert plain(imagine_sentence(answer, TABLE)) == (  # type: ignore[arg-type]
        "Row 12: dose was 1.2 mg already: nothing changes."
    )
    both = (Set("dose", 1.2), Set("smoker", 0.0), Shift("age", 0.0))
    answer = answer_to(Question(Rung.IMAGINE, "recovered", action=both, row=12))
    assert plain(imagine_sentence(answer, TABLE)) == (  # type: ignore[arg-type]
        "Row 12: dose was 1.2 mg already, smoker was no already and age was 52.0 years already: "
        "nothing changes."
    )
    other = (Set("dose", 1.2), Set("smoker", 1.0))
    answer = answer_to(Question(Rung.IMAGINE, "recovery", action=other, row=12))
    assert "already" not in plain(imagine_sentence(answer, TABLE))  # type: ignore[arg-type]


def test_names_are_never_read_as_templates() -> None:
    assert plain(say("{a} and {b}", a="{b}", b=strong("<b>x</b>"))) == "{b} and <b>x</b>"
