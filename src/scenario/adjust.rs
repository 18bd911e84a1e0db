//! Changes that the command line makes to a scenario, and its choice of cells.

use super::diagnostics::{Diagnostic, Place, Source, Sources};
use super::document::{self, Override};

/// Changes of a scenario and a choice of its cells, as text; findings point into it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Adjustments {
    /// `key=value`: other values of keys; on a swept key in place of the axis.
    pub set: Vec<String>,
    /// `key=a,b,c` or `key={ from = …, … }`: axes, in place of one of the same key or behind all others.
    pub sweep: Vec<String>,
    /// Conditions on cells, all of which have to hold.
    pub filter: Vec<String>,
    /// Beginnings of the ids of cells.
    pub cells: Vec<String>,
}

/// The same, as far as it can be read by itself.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub set: Vec<Override>,
    pub sweep: Vec<Override>,
    /// Where each filter is.
    pub filter: Vec<Place>,
    /// Where each id is.
    pub cells: Vec<Place>,
}

/// Reads everything and adds its texts to `sources`.
pub(super) fn read(adjustments: &Adjustments, sources: &mut Sources, findings: &mut Vec<Diagnostic>) -> Read {
    let mut read = Read::default();
    for text in &adjustments.set {
        let set = document::parse_override(text, "--set", add(sources, "--set", text).source);
        set.map_or_else(|finding| findings.push(finding), |set| read.set.push(set));
    }
    for text in &adjustments.sweep {
        let place = add(sources, "--sweep", text);
        let sweep = document::parse_sweep(text, place.source, sources);
        sweep.map_or_else(|finding| findings.push(finding), |sweep| read.sweep.push(sweep));
    }
    contradictions(&read.set, "set", findings);
    contradictions(&read.sweep, "swept", findings);
    read.filter = adjustments.filter.iter().map(|text| add(sources, "--filter", text)).collect();
    read.cells = adjustments.cells.iter().map(|text| add(sources, "--cell", text)).collect();
    read
}

/// Keys that are given again with another value: which of the two is meant, nobody knows.
fn contradictions(given: &[Override], done: &str, findings: &mut Vec<Diagnostic>) {
    for (at, second) in given.iter().enumerate() {
        let is_other =
            |first: &&Override| first.path.dotted == second.path.dotted && !first.value.says_as(&second.value);
        if given[..at].iter().any(|first| is_other(&first)) {
            let message = format!("`{}` is {done} twice, to different values", second.path.dotted);
            findings.push(Diagnostic::new(second.value.at, message).label("the second").help("drop one of the two"));
        }
    }
}

fn add(sources: &mut Sources, name: &str, text: &str) -> Place {
    sources.push(Source::new(name, text));
    Place { source: sources.len() - 1, start: 0, end: text.len() }
}
