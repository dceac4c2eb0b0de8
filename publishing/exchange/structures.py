"""``sdmx/structure.xml``: agency, concepts, code lists, data structure and dataflow in SDMX-ML 2.1, with names in English and Lao."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lxml import etree
from pysdmx.io.format import Format
from pysdmx.io.writer import write_sdmx
from pysdmx.model import (
    Agency,
    AgencyScheme,
    Code,
    Codelist,
    Component,
    Components,
    Concept,
    ConceptScheme,
    Dataflow,
    DataStructureDefinition,
    DataType,
    ItemReference,
    Role,
)
from pysdmx.model.message import Header

from publishing.about import About
from publishing.exchange.declared import Component as Declaration
from publishing.exchange.declared import Declared, Maintained

FILE = "structure.xml"
COMMON = "{http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common}"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
ROLES = {
    "dimension": Role.DIMENSION,
    "time": Role.DIMENSION,
    "measure": Role.MEASURE,
    "observation": Role.ATTRIBUTE,
    "series": Role.ATTRIBUTE,
}
URN = "urn:sdmx:org.sdmx.infomodel.codelist.Codelist"

Row = Mapping[str, str]


def write_structures(folder: Path, codes: Mapping[str, Sequence[Row]], declared: Declared, about: About) -> None:
    """Write the structures.

    Args:
        folder: where to.
        codes: by code list, the rows ``code``, ``label_en`` and ``label_lo`` in their order.
        declared: what ``structures.yml`` says.
        about: the release, whose data are marked as a test where they are synthetic.
    """
    lists = [_code_list(name, rows, declared) for name, rows in sorted(codes.items())]
    structure = DataStructureDefinition(
        id=declared.structure.id,
        name=declared.structure.en,
        agency=declared.agency.id,
        version=declared.version,
        components=Components([structure_component(component, declared) for component in declared.components]),
    )
    flow = Dataflow(
        id=declared.flow.id, name=about.marked(declared.flow.en), agency=declared.agency.id, version=declared.version, structure=structure
    )
    agencies = AgencyScheme(name="Agencies", agency="SDMX", is_partial=True, items=[Agency(id=declared.agency.id, name=declared.agency.en)])
    concepts = [_scheme(name, declared) for name in declared.schemes]
    message = write_sdmx([agencies, *lists, *concepts, structure, flow], Format.STRUCTURE_SDMX_ML_2_1, header=header(declared, about))
    tree = etree.fromstring(message.encode())
    _add_lao(tree, _lao_names(codes, declared))
    etree.ElementTree(tree).write(str(folder / FILE), encoding="UTF-8", xml_declaration=True)


def header(declared: Declared, about: About) -> Header:
    """The head of every message: the release and its time, and whether it is a test, which synthetic data are."""
    return Header(id=f"MIGRATION_{about.version}", test=about.synthetic, prepared=about.frozen_at, sender=Agency(id=declared.agency.id))


def _code_list(name: str, rows: Sequence[Row], declared: Declared) -> Codelist:
    return Codelist(
        **_maintained(name, declared.lists[name], declared),
        items=[Code(id=row["code"], name=row["label_en"]) for row in rows],
    )


def _scheme(name: str, declared: Declared) -> ConceptScheme:
    return ConceptScheme(
        **_maintained(name, declared.schemes[name], declared),
        items=[Concept(id=component.id, name=component.en) for component in declared.components if component.scheme == name],
    )


def _maintained(name: str, about: Maintained, declared: Declared) -> dict[str, Any]:
    """What a list of codes and one of concepts have alike; of one that others maintain we have a part."""
    return {
        "id": name,
        "name": about.en,
        "agency": about.agency,
        "version": about.version,
        "is_partial": about.agency != declared.agency.id,
    }


def structure_component(component: Declaration, declared: Declared) -> Component:
    scheme = declared.schemes[component.scheme]
    listed = declared.lists[component.list] if component.list else None
    return Component(
        id=component.id,
        required=component.role in ("dimension", "time"),
        role=ROLES.get(component.role, Role.ATTRIBUTE),
        concept=ItemReference(sdmx_type="Concept", agency=scheme.agency, id=component.scheme, version=scheme.version, item_id=component.id),
        local_dtype=DataType(component.type) if component.type else None,
        local_enum_ref=f"{URN}={listed.agency}:{component.list}({listed.version})" if listed else None,
        attachment_level={"observation": "O", "series": component.of}.get(component.role),
    )


def _lao_names(codes: Mapping[str, Sequence[Row]], declared: Declared) -> dict[tuple[str | None, str], str]:
    """Lao name by the identifier of the scheme that an artefact is in (none for one that stands alone) and its own."""
    alone = [declared.flow, declared.structure]
    return {
        **{(None, artefact.id): artefact.lo for artefact in alone},
        **{(None, name): about.lo for name, about in {**declared.lists, **declared.schemes}.items()},
        **{(component.scheme, component.id): component.lo for component in declared.components},
        **{("AGENCIES", declared.agency.id): declared.agency.lo},
        **{(name, row["code"]): row["label_lo"] for name, rows in codes.items() for row in rows},
    }


def _add_lao(tree: etree._Element, names: Mapping[tuple[str | None, str], str]) -> None:
    """Put the Lao name behind each English one: the model of pysdmx has one language."""
    for name in tree.findall(f".//{COMMON}Name"):
        artefact = name.getparent()
        lao = names.get((artefact.getparent().get("id"), artefact.get("id")))
        if lao:
            added = etree.Element(f"{COMMON}Name", {LANGUAGE: "lo"})
            added.text, added.tail = lao, name.tail
            name.addnext(added)
