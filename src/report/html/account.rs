//! Account of a run besides its tables, from the files of its folder: `manifest.json`, `expectations.json` and
//! `scenario.toml`. A run hands over what it writes there, `donsim report` what it finds there, so both make one page.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::report::compare::Differing;
use crate::report::rows_file::NAMES;
use crate::report::witness::Witness;

/// Verdict, checks, and how the run was made; what is not known is empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in super::super) struct Account {
    /// Name of the verdict.
    pub(super) verdict: String,
    /// Description that the scenario gives of itself.
    pub(super) description: String,
    /// Version of donsim.
    pub(super) version: String,
    pub(super) results_version: String,
    pub(super) seed: String,
    /// Whether the rows are compressed.
    pub(super) is_gzip: bool,
    /// Replicate in which a wrong response was accepted, or workflow nodes disagree.
    pub(super) violation: Option<Witness>,
    /// What did not pass comes first.
    pub(super) checks: Vec<Check>,
    /// Ids of the cells of which a check fails.
    failed: BTreeSet<String>,
    /// Text of the scenario.
    pub(super) scenario: String,
    /// Keys that the command line changed, with both values.
    pub(super) changed: Vec<Differing>,
}

/// An expectation on one cell, or on the difference of two.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Check {
    /// `pass`, `fail` or `inconclusive`.
    pub(super) ruling: String,
    pub(super) that: String,
    /// Axes of the cell in words.
    pub(super) place: String,
    /// What was observed, and the bounds that decide.
    pub(super) found: String,
    /// Replicate that shows a failure.
    pub(super) witness: Option<Witness>,
}

impl Account {
    /// The account that these documents give; `Null` stands for one that is not there.
    pub(in super::super) fn new(manifest: &Value, expectations: &Value, scenario: &str) -> Self {
        let judged = || expectations["expectations"].as_array().into_iter().flatten();
        let mut checks: Vec<Check> = judged().map(check).collect();
        let failed = judged().filter(|it| it["verdict"] == "fail").filter_map(|it| it["cells"].as_array());
        checks.sort_by_key(|check| match check.ruling.as_str() {
            "fail" => 0,
            "inconclusive" => 1,
            _ => 2,
        });
        Self {
            verdict: word(&manifest["verdict"]),
            description: word(&manifest["description"]),
            version: word(&manifest["donsim"]),
            results_version: word(&manifest["results_version"]),
            seed: word(&manifest["seed"]),
            is_gzip: manifest["files"][NAMES[1]].is_string(),
            violation: Witness::of(&expectations["violation"]),
            checks,
            failed: failed.flatten().map(word).collect(),
            scenario: scenario.to_owned(),
            changed: manifest["changed"].as_object().into_iter().flatten().map(change).collect(),
        }
    }

    /// Replicates that show what is wrong, the gravest first: one of each expectation before a second one of any.
    pub(in super::super) fn witnesses(&self) -> impl Iterator<Item = &Witness> {
        let shown = self.checks.iter().filter_map(|check| Some((&check.that, check.witness.as_ref()?)));
        let mut seen = BTreeSet::new();
        let (first, more): (Vec<_>, Vec<_>) = shown.partition(|(that, _)| seen.insert(*that));
        self.violation.iter().chain(first.into_iter().chain(more).map(|(_, witness)| witness))
    }

    /// Whether a check of the cell with this id fails.
    pub(super) fn has_failed(&self, cell: &str) -> bool {
        self.failed.contains(cell)
    }
}

fn change((key, values): (&String, &Value)) -> Differing {
    (key.clone(), [0, 1].map(|at| word(&values[at])))
}

fn check(object: &Value) -> Check {
    let (ruling, that, place) = (word(&object["verdict"]), word(&object["that"]), word(&object["place"]));
    let text = word(&object["text"]);
    let found = text.split_once(&format!(": {ruling}, ")).map_or("", |(_, found)| found).to_owned();
    Check { witness: Witness::of(object), ruling, that, place, found }
}

/// A text or a number in words; nothing otherwise.
fn word(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}
