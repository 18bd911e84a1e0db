//! The JSON documents of `--json`.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::expectations::expectations;
use crate::experiment::{Axis, AxisValue, CellSummary, Disagreement, Estimate, Findings, RunSummary, Verdict};

/// The document of one run, schema `donsim.run/1`; `path` is its results folder.
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
pub fn runs_document(runs: &[Value]) -> Value {
    json!({ "schema": "donsim.runs/1", "runs": runs })
}

fn cell_object(run: &RunSummary, cell: &CellSummary) -> Value {
    let axis = |(axis, value): (&Axis, &AxisValue)| {
        // A plain number is one; what has a unit stays as the scenario writes it.
        let plain = value.number.filter(|_| value.unit.is_empty()).and_then(|_| value.text.parse().ok());
        (axis.key.clone(), plain.map_or_else(|| json!(value.text), Value::Number))
    };
    let metric = |Estimate { metric, value, ci_low, ci_high, n }: &Estimate| {
        let unit = metric.unit();
        let object = json!({ "value": value, "ci_low": ci_low, "ci_high": ci_high, "n": n, "unit": unit });
        (metric.name().to_owned(), object)
    };
    let axes: Map<String, Value> = run.axes.iter().zip(&cell.axes).map(axis).collect();
    let metrics: Map<String, Value> = cell.estimates.iter().map(metric).collect();
    let mut object = json!({ "cell": cell.id, "axes": axes, "metrics": metrics });
    if let Some(ended) = cell.ended {
        object["replicates"] = json!(cell.replicates);
        object["ended_by"] = json!(ended.name());
    }
    object
}
