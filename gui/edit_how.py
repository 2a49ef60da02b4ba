"""User verbs of the page of trust: pure functions Project → Project. No Qt."""

from dataclasses import replace

from engine.interventions import Set
from engine.project import Project


def say_how(project: Project, variable: str, words: str) -> Project:
    """`words` tell how `variable` would be set; nothing written, nothing said."""
    how = {name: said for name, said in project.how.items() if name != variable}
    if said := " ".join(words.split()):
        how[variable] = said
    return replace(project, how=how)


def hold_at(project: Project, held: tuple[Set, ...], contrast: Set) -> Project:
    """Ask for the controlled direct effect: `held` set as well, on both sides of the contrast."""
    question = project.question
    names = {item.variable for item in held}
    kept = tuple(item for item in question.action if item.variable not in names)
    asked = replace(question, action=(*kept, *held), contrast=(contrast, *held))
    return replace(project, question=asked)
