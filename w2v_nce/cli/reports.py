"""How evaluation reports look."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from w2v_nce.cli.console import percent, print_table

if TYPE_CHECKING:
    from w2v_nce.evaluation import AnalogyReport, PairReport
    from w2v_nce.evaluation.likelihood import LikelihoodReport

    Report: TypeAlias = AnalogyReport | PairReport | LikelihoodReport

LIKELY = 1 / 64  # probabilities above this have lines of their own in the calibration table


def show_report(path: str, report: Report) -> None:
    """Print a report as a table, or two."""
    from w2v_nce.evaluation import AnalogyReport, PairReport

    if isinstance(report, AnalogyReport):
        show_analogies(path, report)
    elif isinstance(report, PairReport):
        show_pairs(path, report)
    else:
        show_likelihood(path, report)


def show_analogies(path: str, report: AnalogyReport) -> None:
    """Print the accuracy and coverage of every section and of the totals."""
    method = {"add": "3CosAdd", "mul": "3CosMul"}[report.method]
    scores = list(report.sections.items())
    if report.semantic.total and report.syntactic.total:
        scores += [("semantic", report.semantic), ("syntactic", report.syntactic)]
    scores.append(("total", report.total))
    rows = [
        (
            name,
            percent(score.accuracy),
            f"{score.correct:,} of {score.answered:,}",
            percent(score.coverage),
        )
        for name, score in scores
    ]
    title = f"{path}: analogies by {method} among {report.vocabulary:,} words"
    print_table(title, ("section", "accuracy", "correct", "coverage"), rows)


def show_pairs(path: str, report: PairReport) -> None:
    """Print the correlations and the coverage."""
    rows = [
        (
            "all pairs",
            "-" if report.spearman is None else f"{report.spearman:.3f}",
            "-" if report.pearson is None else f"{report.pearson:.3f}",
            f"{report.found:,} of {report.total:,}",
            percent(report.coverage),
        )
    ]
    print_table(f"{path}: word pairs", ("", "spearman", "pearson", "found", "coverage"), rows)


def show_likelihood(path: str, report: LikelihoodReport) -> None:
    """Print perplexities, log Z and how far the probabilities are true."""
    thinned = f"as in training (sample {report.sample:g})" if report.sample else "not"
    rows = [
        ("perplexity", f"{report.perplexity:.1f}"),
        ("perplexity, trusting Z = 1", f"{report.trusting_perplexity:.1f}"),
        ("perplexity of the unigram", f"{report.unigram_perplexity:.1f}"),
        ("log Z, mean", f"{report.mean_log_z:.3f}"),
        ("log Z, standard deviation", f"{report.sd_log_z:.3f}"),
        *calibrated_rows(report),
        ("nce loss", f"{report.nce_loss:.3f}"),
        ("calibration error, first choice", f"{report.calibration_error:.4f}"),
        ("misplaced probability", f"{report.misplaced:.4f}"),
        ("known words", percent(report.coverage)),
        ("examples", f"{report.examples:,} of {report.text_examples:,}"),
    ]
    print_table(f"{path}: likelihood; frequent words dropped: {thinned}", ("", "value"), rows)
    levels = [
        (f"{level.above:.2g} to {2 * level.above:.2g}", f"{level.count:,}",
         f"{level.predicted:.5f}", f"{level.observed:.5f}")
        for level in report.calibration
        if level.above >= LIKELY
    ]  # fmt: skip
    header = ("probability", "words", "predicted", "observed")
    print_table("calibration: how often what was predicted was there", header, levels)


def calibrated_rows(report: LikelihoodReport) -> list[tuple[str, str]]:
    """Return what there is to say of a calibrated model."""
    if report.calibrated_perplexity is None:
        return []
    return [
        ("perplexity, log Z predicted", f"{report.calibrated_perplexity:.1f}"),
        ("log Z less prediction, s.d.", f"{report.sd_calibrated_log_z:.3f}"),
    ]
