//! The JSON documents of `--json`.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::expectations::expectations;
use crate::experiment::{CellSummary, Disagreement, Findings, RunSummary, Verdict};

/// The document of one run, schema `donsim.run/1`; `path` is its results folder.
#[must_use]
pub fn run_document(findings: &Findings, path: &Path, verdict: Verdict) -> Value {
    let run = &findings.summary;
    json!({
        "schema": "donsim.run/1",
        "name": run.name,
        "id": run.id,
        "path": path.to_string_lossy(),
        "verdict": verdict.name(),
        "expectations": expectations(run),
        "disagreements": findings.disagreements.iter().map(disagreement_object).collect::<Vec<_>>(),
        "cells": run.cells.iter().map(|cell| cell_object(run, cell)).collect::<Vec<_>>(),
    })
}

fn disagreement_object(disagreement: &Disagreement) -> Value {
    let Disagreement { cell, metric, observed, exact, chance } = disagreement;
    json!({ "cell": cell, "metric": metric.name(), "observed": observed, "exact": exact, "chance": chance })
}

/// The document of several runs, schema `donsim.runs/1`.
#[must_use]
pub fn runs_document(runs: &[Value]) -> Value {
    json!({ "schema": "donsim.runs/1", "runs": runs })
}

fn cell_object(run: &RunSummary, cell: &CellSummary) -> Value {
    let axes: Map<String, Value> = run
        .axes
        .iter()
        .zip(&cell.axes)
        // A plain number is one; what has a unit stays as the scenario writes it.
        .map(|(axis, value)| {
            let plain =
                value.number.filter(|_| value.unit.is_empty()).map(|_| value.text.parse::<serde_json::Number>());
            (axis.key.clone(), plain.and_then(Result::ok).map_or_else(|| json!(value.text), Value::Number))
        })
        .collect();
    let metrics: Map<String, Value> = cell
        .estimates
        .iter()
        .map(|estimate| {
            let object = json!({
                "value": estimate.value,
                "ci_low": estimate.ci_low,
                "ci_high": estimate.ci_high,
                "n": estimate.n,
                "unit": estimate.metric.unit(),
            });
            (estimate.metric.name().to_owned(), object)
        })
        .collect();
    json!({ "cell": cell.id, "axes": axes, "metrics": metrics })
}
