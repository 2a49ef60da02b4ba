"""The user verb for how somebody would set a variable: a pure function Project → Project. No Qt."""

from dataclasses import replace

from engine.project import Project


def say_how(project: Project, variable: str, words: str) -> Project:
    """`words` tell how `variable` would be set; nothing written, nothing said."""
    how = {name: said for name, said in project.how.items() if name != variable}
    if said := " ".join(words.split()):
        how[variable] = said
    return replace(project, how=how)
