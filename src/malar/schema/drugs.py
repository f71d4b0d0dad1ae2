"""Drugs by generic name: the class of each, and other spellings. A name that is not here is of class `unknown`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import polars as pl

UNKNOWN: Final = "unknown"
"""Class of a drug whose name is not known; it is asked about, never guessed."""

DRUGS: Final[Mapping[str, tuple[str, ...]]] = {
    "glucocorticoid": (
        "beclomethasone", "betamethasone", "budesonide", "ciclesonide", "clobetasol", "cortisone", "deflazacort",
        "dexamethasone", "fluocinolone", "fluticasone", "hydrocortisone", "methylprednisolone", "mometasone",
        "prednisolone", "prednisone", "triamcinolone",
    ),
    "antimalarial": ("chloroquine", "hydroxychloroquine", "quinacrine"),
    "immunosuppressant": (
        "azathioprine", "baricitinib", "bortezomib", "cyclosporine", "deucravacitinib", "everolimus", "filgotinib",
        "iguratimod", "leflunomide", "mercaptopurine", "methotrexate", "mizoribine", "mycophenolate",
        "mycophenolate mofetil", "mycophenolic acid", "sirolimus", "tacrolimus", "teriflunomide", "tofacitinib",
        "tripterygium", "upadacitinib", "voclosporin",
    ),
    "biologic": (
        "abatacept", "adalimumab", "aldesleukin", "alemtuzumab", "anakinra", "anifrolumab",
        "antithymocyte globulin", "atacicept", "basiliximab", "belimumab", "blisibimod", "certolizumab pegol",
        "dapirolizumab pegol", "daratumumab", "daxdilimab", "eculizumab", "epratuzumab", "etanercept", "golimumab",
        "ianalumab", "inebilizumab", "infliximab", "ixekizumab", "litifilimab", "obexelimab", "obinutuzumab",
        "ocrelizumab", "ofatumumab", "ravulizumab", "rituximab", "rontalizumab", "sarilumab", "satralizumab",
        "secukinumab", "sifalimumab", "tabalumab", "telitacicept", "tocilizumab", "ustekinumab",
    ),
    "cytotoxic": (
        "bendamustine", "busulfan", "carmustine", "chlorambucil", "cladribine", "cyclophosphamide", "cytarabine",
        "etoposide", "fludarabine", "melphalan", "thiotepa", "treosulfan", "vincristine",
    ),
    "nsaid": (
        "aceclofenac", "celecoxib", "dexketoprofen", "diclofenac", "etodolac", "etoricoxib", "flurbiprofen",
        "ibuprofen", "indomethacin", "ketoprofen", "ketorolac", "loxoprofen", "mefenamic acid", "meloxicam",
        "nabumetone", "naproxen", "nimesulide", "parecoxib", "piroxicam", "sulindac", "tenoxicam",
    ),
    "immunoglobulin": ("immunoglobulin",),
    "cell_product": (
        "car-nk cells", "car-t cells", "hematopoietic stem cells", "mesenchymal stem cells",
    ),
    "other": (
        "acetaminophen", "acetylsalicylic acid", "acyclovir", "alendronate", "allopurinol", "alprazolam",
        "amitriptyline", "amlodipine", "amoxicillin", "apixaban", "atenolol", "atorvastatin", "avacopan",
        "azithromycin", "benazepril", "bisoprolol", "calcitriol", "calcium", "calcium carbonate", "candesartan",
        "captopril", "carvedilol", "ceftriaxone", "cefuroxime", "cetirizine", "ciprofloxacin", "citalopram",
        "clarithromycin", "clonazepam", "clopidogrel", "codeine", "colchicine", "dalteparin", "danazol",
        "dapagliflozin", "dapsone", "denosumab", "doxycycline", "duloxetine", "dupilumab", "empagliflozin",
        "enalapril", "enoxaparin", "entecavir", "epoetin", "escitalopram", "esomeprazole", "famotidine",
        "ferrous sulfate", "filgrastim", "finerenone", "fluconazole", "fluoxetine", "folic acid", "folinic acid", "fosinopril",
        "furosemide", "gabapentin", "ganciclovir", "heparin", "hydrochlorothiazide", "insulin", "irbesartan",
        "isoniazid", "lamivudine", "lansoprazole", "lenalidomide", "levetiracetam", "levofloxacin",
        "levothyroxine", "lisinopril", "loratadine", "losartan", "melatonin", "mesna", "metformin", "metoprolol",
        "nifedipine", "nitrofurantoin", "omeprazole", "ondansetron", "oseltamivir", "paeony glucosides",
        "pantoprazole", "perindopril", "pilocarpine", "placebo", "plerixafor", "posaconazole", "potassium chloride",
        "pravastatin", "pregabalin", "propranolol", "rabeprazole", "ramipril", "ranitidine", "rifampicin",
        "risedronate", "rivaroxaban", "rosuvastatin", "sacubitril", "salbutamol", "semaglutide", "sertraline",
        "sildenafil", "simvastatin", "spironolactone", "sulfasalazine", "telmisartan", "thalidomide", "torsemide",
        "tramadol", "trimethoprim-sulfamethoxazole", "valacyclovir", "valganciclovir", "valsartan", "venlafaxine",
        "vitamin b12", "vitamin d", "warfarin", "zoledronic acid", "zolpidem",
    ),
    "investigational": ("investigational drug",),
}  # fmt: skip
"""Class → generic names, lower case, American spelling."""

OTHER_NAMES: Final[Mapping[str, str]] = {
    "6-mercaptopurine": "mercaptopurine",
    "aciclovir": "acyclovir",
    "anti-thymocyte globulin": "antithymocyte globulin",
    "aspirin": "acetylsalicylic acid",
    "atg": "antithymocyte globulin",
    "beclometasone": "beclomethasone",
    "betamethasone sodium phosphate": "betamethasone",
    "calcium folinate": "folinic acid",
    "certolizumab": "certolizumab pegol",
    "chimeric antigen receptor t cells": "car-t cells",
    "chloroquine phosphate": "chloroquine",
    "ciclosporin": "cyclosporine",
    "ciclosporine": "cyclosporine",
    "colecalciferol": "vitamin d",
    "cholecalciferol": "vitamin d",
    "co-trimoxazole": "trimethoprim-sulfamethoxazole",
    "cortisone acetate": "cortisone",
    "cotrimoxazole": "trimethoprim-sulfamethoxazole",
    "cyanocobalamin": "vitamin b12",
    "cyclophosphamid": "cyclophosphamide",
    "cyclosporin": "cyclosporine",
    "cyclosporin a": "cyclosporine",
    "dapirolizumab": "dapirolizumab pegol",
    "dexamethasone sodium phosphate": "dexamethasone",
    "enteric-coated mycophenolate sodium": "mycophenolic acid",
    "frusemide": "furosemide",
    "haematopoietic stem cells": "hematopoietic stem cells",
    "hcq": "hydroxychloroquine",
    "human immunoglobulin": "immunoglobulin",
    "hydrocortisone sodium succinate": "hydrocortisone",
    "hydroxychloroquine sulfate": "hydroxychloroquine",
    "hydroxychloroquine sulphate": "hydroxychloroquine",
    "immune globulin": "immunoglobulin",
    "indometacin": "indomethacin",
    "interleukin-2": "aldesleukin",
    "intravenous immunoglobulin": "immunoglobulin",
    "investigational product": "investigational drug",
    "ivig": "immunoglobulin",
    "leucovorin": "folinic acid",
    "mepacrine": "quinacrine",
    "mesenchymal stromal cells": "mesenchymal stem cells",
    "methotrexate sodium": "methotrexate",
    "methylprednisolone acetate": "methylprednisolone",
    "methylprednisolone sodium succinate": "methylprednisolone",
    "mmf": "mycophenolate mofetil",
    "mtx": "methotrexate",
    "mycophenolate sodium": "mycophenolic acid",
    "paracetamol": "acetaminophen",
    "prednisolone acetate": "prednisolone",
    "rifampin": "rifampicin",
    "albuterol": "salbutamol",
    "study drug": "investigational drug",
    "sulphasalazine": "sulfasalazine",
    "total glucosides of paeony": "paeony glucosides",
    "triamcinolone acetonide": "triamcinolone",
    "tripterygium glycosides": "tripterygium",
    "umbilical cord mesenchymal stem cells": "mesenchymal stem cells",
    "valaciclovir": "valacyclovir",
}
"""Other spelling or salt → generic name. *Mycophenolate* alone may be mofetil or the acid, and stays itself."""

INVESTIGATIONAL: Final = (
    "atacicept", "blisibimod", "dapirolizumab pegol", "daxdilimab", "epratuzumab", "ianalumab", "investigational drug",
    "litifilimab", "obexelimab", "rontalizumab", "sifalimumab", "tabalumab",
)  # fmt: skip
"""Drugs held not to be approved for any use; from memory, and it changes with time and place."""

LUPUS_BIOLOGICS: Final = ("anifrolumab", "belimumab")
"""Biologics approved for systemic lupus; from memory."""


def with_drug_class(medications: pl.DataFrame, column: str = "drug") -> pl.DataFrame:
    """Replace drug names by generic names, and add the class of each.

    Parameters
    ----------
    medications
        The medications table, or another with names of drugs.
    column
        Column that holds them.

    Returns
    -------
    polars.DataFrame
        The same rows with generic names in the column, and `drug_class`: that of the name; for a name that is
        not known the one that the study states in `drug_class`, else ``unknown``. Case and repeated blanks do
        not count.

    Examples
    --------
    >>> import polars as pl
    >>> with_drug_class(pl.DataFrame({"drug": ["Ciclosporin", "xyz"]})).rows()
    [('cyclosporine', 'immunosuppressant'), ('xyz', 'unknown')]
    """
    import polars as pl

    classes = {name: kind for kind, names in DRUGS.items() for name in names}
    written = medications[column].unique()
    plain = written.str.to_lowercase().str.strip_chars().str.replace_all(r"\s+", " ")
    named = pl.DataFrame({column: written, "generic": plain}).with_columns(pl.col("generic").replace(OTHER_NAMES))
    kind = pl.col("generic").replace_strict(classes, default=None, return_dtype=pl.String)
    joined = medications.join(
        named.with_columns(known=kind), on=column, how="left", maintain_order="left", nulls_equal=True
    )
    stated = ["drug_class"] if "drug_class" in medications.columns else []
    made = pl.coalesce("known", *stated, pl.lit(UNKNOWN))
    return joined.with_columns(pl.col("generic").alias(column), drug_class=made).drop("generic", "known")
