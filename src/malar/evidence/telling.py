"""Figures in words: the line that lists, claims and pages print."""

from __future__ import annotations

from typing import Final

from malar.evidence.published_figure import PublishedFigure
from malar.evidence.study import Dose

SAYS: Final = {
    "treated": "treated",
    "enrolled": "enrolled",
    "randomized": "randomized",
    "alive": "alive",
    "followed": "followed to that visit",
    "evaluable": "evaluable",
    "affected_at_baseline": "affected at entry",
    "ever_responders": "who responded",
}


def in_words(name: str) -> str:
    """A name as words.

    Examples
    --------
    >>> in_words("complete_remission"), in_words("sri_4"), in_words("anti_dsdna")
    ('complete remission', 'SRI-4', 'anti-dsDNA')
    """
    return _NAMES.get(name, name.replace("sledai", "SLEDAI").replace("_", " "))


_NAMES: Final = {
    "acr_criteria": "ACR criteria",
    "active_ln": "active nephritis",
    "ln_duration_months": "duration of nephritis",
    "cd1c_dc_and_flt3l": "CD1c+ dendritic cells and FLT3L",
    "crs_grade_1": "cytokine release, grade 1",
    "severe_crs_or_icans": "severe cytokine release or ICANS",
    "gvhd_crs_icans": "graft-versus-host disease, cytokine release or ICANS",
    "dlt": "dose-limiting toxicity",
    "predictor_no_prior_cyc": "predictor: no cyclophosphamide before",
    "predictor_no_prior_hcq": "predictor: no hydroxychloroquine before",
    "predictor_no_arthritis": "predictor: no arthritis",
    "predictor_older_age": "predictor: older age",
    "treg": "regulatory T cells",
    "treg_th17": "regulatory T and Th17 cells",
    "sledai_and_c3": "SLEDAI and C3",
    "infection_any": "infection, any",
    "ana_dsdna": "ANA and anti-dsDNA",
    "albumin_c3": "albumin and C3",
    "creatinine_urea": "creatinine and urea",
    "cd34_selection_and_relapse": "CD34 selection and relapse",
    "neurologic_cleared": "nervous system cleared",
    "constitutional_symptoms_relieved": "fatigue, weight loss or fever relieved",
    "overall_survival_all_diseases": "overall survival, all diseases",
    "progression_free_survival_all_diseases": "progression-free survival, all diseases",
    "progression_free_survival": "progression-free survival",
    "medication_dose_reduction_percent": "doses of other drugs cut by",
    "complete_reversal_of_markers": "all markers reversed",
    "death_after_mobilization_before_transplant": "death after mobilization, before transplantation",
    "remission_relapse_sledai_serology": "remission, relapse, SLEDAI and serology",
    "upcr_fell_by_half": "protein in urine down by half",
    "upcr_at_most_0_5": "urine protein-creatinine ratio at most 0.5",
    "glucocorticoid_taper_sustained": "sustained glucocorticoid taper",
    "primary_efficacy_renal_response": "primary efficacy renal response (PERR)",
    "selena_sledai_change": "change of SELENA-SLEDAI",
    "sledai_2k_change": "change of SLEDAI-2K",
    "sledai_2k": "SLEDAI-2K",
    "c3_change_g_l": "change of C3",
    "prevalence_per_100k": "with lupus, per 100 000 people",
    "incidence_per_100k_person_years": "new lupus a year, per 100 000 people",
    "people_million": "people with lupus",
    "prednisone_mg_day": "prednisone, mg a day",
    "sri_4": "SRI-4",
    "sri_5": "SRI-5",
    "gfr_improved": "GFR improved",
    "bilag_a_or_b": "any BILAG A or B",
    "bilag_renal": "renal BILAG",
    "ana_ge_1_80": "ANA at 1:80 or above",
    "ana_titer_change": "change of ANA titer",
    "c3_change_mg_dl": "change of C3",
    "c4_change_mg_dl": "change of C4",
    "albumin_change_g_l": "change of albumin",
    "albumin_g_l": "albumin",
    "creatinine_umol_l": "creatinine",
    "creatinine_change_umol_l": "change of creatinine",
    "creatinine_clearance_ml_min": "creatinine clearance",
    "creatinine_clearance_change": "change of creatinine clearance",
    "proteinuria_change_g_24h": "change of proteinuria",
    "sledai_change": "change of SLEDAI",
    "time_to_remission_weeks": "time to remission",
    "treatment_related_death": "treatment-related death",
    "non_relapse_mortality": "death without relapse",
    "disease_free_survival": "disease-free survival",
    "transplantation_related_event": "transplantation-related event",
    "lldas": "LLDAS",
    "bicla": "BICLA",
    "anti_dsdna": "anti-dsDNA",
    "anti_dsdna_raised": "anti-dsDNA raised",
    "doris_remission": "DORIS remission",
    "lldas_and_doris": "LLDAS and DORIS",
    "proteinuria_g_24h": "proteinuria",
    "proteinuria_mg_24h": "proteinuria",
    "gfr_ml_min": "GFR",
    "crs_any": "cytokine release, any",
    "icans": "ICANS",
    "follow_up_months": "follow-up",
    "age_years": "age",
    "disease_duration_months": "duration of disease",
}


def told(figure: PublishedFigure, *, limits: bool = True) -> str:
    """A figure in one line: what, when, in whom, how many of how many, exact limits, and how it was read.

    Examples
    --------
    >>> from malar.evidence import read_evidence
    >>> told(read_evidence().figure("wang-2013/complete_remission@48"))
    'wang-2013: complete remission, month 48: 3/6 = 50 % of those followed to that visit
    (exact 95 % CI 12–88 %); abstract read'
    """
    arm = f" ({figure.arm})" if figure.arm else ""
    when = f", {figure.at}" if figure.at else ""
    number = quantity(figure)
    between = ""
    exact = figure.exact_limits() if limits else None
    if exact is not None:
        between = f" (exact 95 % CI {100 * exact[0]:.0f}–{100 * exact[1]:.0f} %)"
    tail = f" [{figure.definition}]" if figure.definition else ""
    return f"{figure.study}: {in_words(figure.name)}{arm}{when}: {number}{between}{tail}; {figure.verification.label}"


def quantity(figure: PublishedFigure) -> str:
    """The number alone, with its denominator and spread.

    Examples
    --------
    >>> from malar.evidence import read_evidence
    >>> quantity(read_evidence().figure("alchi-2013/overall_survival@60"))
    '81 % (SE 8)'
    """
    unit = f" {figure.unit}" if figure.unit else ""
    if figure.events is not None:
        return _counts(figure)
    if figure.percent is not None:
        of = f" of {figure.n}" if figure.n else ""
        return f"{figure.percent} %{of}{_spread(figure, ' %')}"
    parts = [
        f"{word}{plain_number(value)}{unit}"
        for word, value in (("", figure.value), ("mean ", figure.mean), ("median ", figure.median))
        if value is not None
    ]
    spread = _spread(figure, "")
    if not parts and figure.least is not None:
        return f"{plain_number(figure.least)} to {plain_number(figure.greatest)}{unit}"
    return "".join([", ".join(parts), spread]).strip() or figure.note or "no number told"


def _counts(figure: PublishedFigure) -> str:
    if figure.n is None:
        return f"{figure.events}, of how many is not told"
    share = figure.share
    whole = f"{figure.events}/{figure.n}"
    if share is not None:
        places = 0 if figure.percent is None else max(0, -int(figure.percent.as_tuple().exponent))
        exact = f"{100 * share:.{places}f}"
        whole += f" = {exact} %" + ("" if figure.percent is None or exact == str(figure.percent) else _printed(figure))
    who = SAYS.get(figure.denominator or "")
    return f"{whole} of those {who}" if who else whole


def _printed(figure: PublishedFigure) -> str:
    return f", printed {figure.percent} %,"


def capital(words: str) -> str:
    """Words with their first letter large, the rest as it is.

    Examples
    --------
    >>> capital("complete remission"), capital("SRI-4")
    ('Complete remission', 'SRI-4')
    """
    return words[:1].upper() + words[1:]


def _spread(figure: PublishedFigure, unit: str) -> str:
    told_spread = [
        f"{word} {plain_number(value)}" for word, value in (("SE", figure.se), ("SD", figure.sd)) if value is not None
    ]
    if figure.lower is not None:
        told_spread.append(f"95 % CI {plain_number(figure.lower)} to {plain_number(figure.upper)}{unit}")
    if figure.least is not None:
        told_spread.append(f"range {plain_number(figure.least)} to {plain_number(figure.greatest)}")
    if figure.p:
        told_spread.append(f"p {figure.p}")
    return f" ({'; '.join(told_spread)})" if told_spread else ""


def plain_number(value: float | None) -> str:
    """A number without trailing zeros; a null is unknown.

    Examples
    --------
    >>> plain_number(12.50), plain_number(90000000.0), plain_number(-2.1)
    ('12.5', '90,000,000', '−2.1')
    """
    if value is None:
        return "unknown"
    text = f"{value:,.4f}".rstrip("0").rstrip(".")
    return text.replace("-", "−")


def told_dose(dose: Dose) -> str:
    """A dose in words: amount, infusions, route.

    Examples
    --------
    >>> from malar.evidence import read_evidence
    >>> told_dose(read_evidence().study("barbado-2018").dose)
    '90,000,000 cells, infusions: 1, IV; founding document only'
    """
    if dose.value is not None:
        amount = f"{plain_number(dose.value)} {dose.unit}"
    elif dose.least is not None:
        amount = f"{plain_number(dose.least)} to {plain_number(dose.greatest)} {dose.unit}"
    else:
        amount = dose.words or "amount not told"
    parts = [amount, f"infusions: {dose.infusions}" if dose.infusions else "", dose.interval, dose.route]
    return f"{', '.join(part for part in parts if part)}; {dose.verification.label}"
