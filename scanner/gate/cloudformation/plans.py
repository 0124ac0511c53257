"""All CloudFormation texts of a run: which are deployed by themselves, which together, and which are parts of others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from scanner.errors import TemplateError
from scanner.gate.cloudformation.assembly import Assembly, is_manifest, is_metadata, stack_name_of
from scanner.gate.cloudformation.changes import ChangeSet, is_change_set, read_change_set
from scanner.gate.cloudformation.choices import plan_of
from scanner.gate.cloudformation.deployment import Deployment, Root, exports_of
from scanner.gate.cloudformation.stack import Surroundings
from scanner.gate.cloudformation.template import Template, is_template, read_template
from scanner.gate.dialects import Asked, Written
from scanner.gate.planned import Plan

HINTS = ("AWS::", "Resources", "AWSTemplateFormatVersion", "ChangeSetName", "cloud-assembly", "aws:cloudformation:stack", "aws:cdk:")  # fmt: skip


def is_one(data: Any) -> bool:
    """Whether data is a template, a CDK manifest or its metadata, or a change set."""
    return is_template(data) or is_manifest(data) or is_metadata(data) or is_change_set(data)


def plan(texts: Sequence[Written], asked: Asked) -> tuple[list[Plan], list[TemplateError]]:
    """One plan for each group of templates that refer to one another."""
    failures: list[TemplateError] = []
    templates: dict[str, tuple[Template, Path | None]] = {}
    assembly = Assembly()
    changes: list[ChangeSet] = []
    for source, document in texts:
        try:
            if is_manifest(document.data):
                assembly.add_manifest(source, document.data)
            elif is_metadata(document.data):
                assembly.add_metadata(source, document.data)
            elif is_change_set(document.data):
                changes.append(read_change_set(source.file, document.data))
            else:
                templates[source.file] = (read_template(document), source.path)
        except TemplateError as mistake:
            failures.append(mistake)
    roots = _roots(templates, assembly, changes, asked, failures)
    plans = []
    for group in _groups(roots):
        try:
            plans.append(plan_of(group[0].name, tuple(group)))
        except TemplateError as mistake:
            place = mistake.place or group[0].template.file
            failures.append(TemplateError(mistake.message, place=place, cure=mistake.cure))
        except RecursionError:
            failures.append(TemplateError("the template refers to itself too deeply", place=group[0].template.file))
    return plans, failures


def _roots(
    templates: Mapping[str, tuple[Template, Path | None]],
    assembly: Assembly,
    changes: list[ChangeSet],
    asked: Asked,
    failures: list[TemplateError],
) -> list[Root]:
    by_path = {path.resolve(): template for template, path in templates.values() if path is not None}
    nested: set[str] = set()
    children = {file: dict(_children(template, path, by_path)) for file, (template, path) in templates.items()}
    for found in children.values():
        nested |= {template.file for template in found.values()}
    taken = {change: _template_of(change, templates) for change in changes}
    for one, its in taken.items():
        if its is None:
            cure = "name the template of the change set beside it"
            failures.append(TemplateError("the change set fits no template of this run", place=one.file, cure=cure))
    roots = []
    for file, (template, path) in templates.items():
        if file in nested:
            continue
        change = next((each for each, fits in taken.items() if fits is not None and fits.file == file), None)
        roots.append(_root(template, path, assembly, change, asked, children, depth=0))
    return _named_apart(roots)


def _root(
    template: Template,
    path: Path | None,
    assembly: Assembly,
    change: ChangeSet | None,
    asked: Asked,
    children: Mapping[str, Mapping[str, Template]],
    *,
    depth: int,
) -> Root:
    artifact = assembly.artifact_of(path) if path is not None else None
    name = (
        (change.stack if change else "")
        or asked.stack_name
        or (artifact.name if artifact else stack_name_of(template.file))
    )
    region = (artifact.region if artifact else "") or asked.region
    account = (artifact.account if artifact else "") or asked.account
    declared = template.sections["Parameters"]
    told = {**(artifact.parameters if artifact else {}), **(change.parameters if change else {}), **asked.parameters}
    return Root(
        template,
        name,
        Surroundings(region, account, asked.partition),
        {key: value for key, value in told.items() if key in declared},
        {
            logical_id: _root(child, Path(child.file), assembly, None, asked, children, depth=depth + 1)
            for logical_id, child in (children.get(template.file, {}) if depth < 8 else {}).items()  # noqa: PLR2004 - no stack is nested deeper
        },
        change.physical if change else {},
        change.actions if change else {},
        assembly.sources_of(path, name) if path is not None else {},
        change.before if change else {},
        asked.existing,
    )


def _children(
    template: Template, path: Path | None, by_path: Mapping[Path, Template]
) -> Iterator[tuple[str, Template]]:
    """The nested stacks whose templates are among the files: CDK's assets, and paths as `aws cloudformation package` takes."""
    if path is None:
        return
    for logical_id, resource in template.resources.items():
        if not isinstance(resource, Mapping) or resource.get("Type") != "AWS::CloudFormation::Stack":
            continue
        metadata, properties = resource.get("Metadata"), resource.get("Properties")
        asset = metadata.get("aws:asset:path") if isinstance(metadata, Mapping) else None
        url = properties.get("TemplateURL") if isinstance(properties, Mapping) else None
        for name in (asset, url):
            if isinstance(name, str) and "://" not in name:
                try:
                    child = by_path.get((path.parent / name).resolve())
                except (OSError, ValueError):
                    continue
                if child is not None and child.file != template.file:
                    yield logical_id, child
                    break


def _template_of(change: ChangeSet, templates: Mapping[str, tuple[Template, Path | None]]) -> Template | None:
    """The template that has most of what the change set names, and all of what it adds."""
    best, count = None, 0
    for template, _ in templates.values():
        ids = set(template.resources)
        hits = len(change.ids & ids)
        if hits > count and change.added <= ids:
            best, count = template, hits
    return best


def _named_apart(roots: list[Root]) -> list[Root]:
    """Roots whose names differ: those of one name get the number of their place."""
    import dataclasses  # noqa: PLC0415 - only where two files bear one name

    seen: dict[str, int] = {}
    named = []
    for root in roots:
        number = seen[root.name] = seen.get(root.name, 0) + 1
        named.append(root if number == 1 else dataclasses.replace(root, name=f"{root.name}-{number}"))
    return named


def _groups(roots: list[Root]) -> list[list[Root]]:
    """Roots that import what others export go together; all others are by themselves."""
    if not any(map(_imports, roots)):
        return [[root] for root in roots]
    exported = {name: index for index, root in enumerate(roots) for name in _export_names(root)}
    leader = list(range(len(roots)))

    def find(index: int) -> int:
        while leader[index] != index:
            index = leader[index]
        return index

    for index, root in enumerate(roots):
        for name in _import_names(root):
            if name in exported:
                low, high = sorted((find(index), find(exported[name])))
                leader[high] = low
    groups: dict[int, list[Root]] = {}
    for index, root in enumerate(roots):
        groups.setdefault(find(index), []).append(root)
    return list(groups.values())


def _export_names(root: Root) -> Iterator[str]:
    if any(isinstance(one, Mapping) and "Export" in one for one in root.template.sections["Outputs"].values()):
        for stack in Deployment((root,), {}).stacks:
            yield from (name for name, _ in exports_of(stack))


def _imports(root: Root) -> bool:
    return any(True for _ in _calls(root.template.sections["Resources"], "Fn::ImportValue"))


def _import_names(root: Root) -> Iterator[str]:
    stack = None
    for template in (root.template, *(child.template for child in root.nested.values())):
        for section in ("Resources", "Outputs"):
            for arguments in _calls(template.sections[section], "Fn::ImportValue"):
                stack = stack or Deployment((root,), {}).stacks[0]
                name = stack.resolve(arguments)
                if isinstance(name, str):
                    yield name


def _calls(value: Any, name: str) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key == name:
                yield item
            yield from _calls(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from _calls(item, name)
