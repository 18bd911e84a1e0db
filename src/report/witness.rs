//! Replicates that show why a run failed, and the request of each that shows it best, drawn for its folder and its page.
//!
//! This room simulates nothing: whoever writes a folder hands over how a witness is looked at again.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::experiment::{Direction, Metric};

use super::RequestAt;
use super::plots::{Formats, PlotError, RequestDiagram};

/// Diagrams that a page has room for.
const MOST: usize = 3;

/// A replicate that shows why a check failed, or that something unsafe happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Witness {
    /// Id of its cell, or those of the two that are compared.
    pub cells: Vec<String>,
    /// Its number.
    pub replicate: u64,
    /// Metric that is on the wrong side; `None` where safety is violated.
    pub about: Option<(Metric, Direction)>,
    /// Difference of the two cells in this replicate.
    pub apart: Option<f64>,
}

impl Witness {
    /// The witness of a failed check in `expectations.json`, or of the violation there.
    pub(super) fn of(object: &Value) -> Option<Self> {
        let cells = match &object["cells"] {
            Value::Array(cells) => cells.iter().map(|cell| cell.as_str().map(str::to_owned)).collect::<Option<_>>()?,
            _ => vec![object["cell"].as_str()?.to_owned()],
        };
        let metric = Metric::ALL.iter().copied().find(|metric| object["metric"] == metric.name());
        let sides = [Direction::AtLeast, Direction::AtMost];
        let direction = sides.into_iter().find(|side| object["direction"] == side.sign());
        let (replicate, apart) = (object["replicate"].as_u64()?, object["own_difference"].as_f64());
        Some(Self { cells, replicate, about: metric.zip(direction), apart })
    }

    /// Options of `donsim replay` that choose it.
    pub(super) fn options(&self) -> String {
        let cell = self.cells.first().map_or("", String::as_str);
        format!("--cell {cell} --replicate {}", self.replicate)
    }

    /// The option that draws the other cell beside it; empty for a witness of one cell.
    pub(super) fn beside(&self) -> String {
        self.cells.get(1).map_or_else(String::new, |other| format!(" --beside {other}"))
    }
}

/// A witness looked at again: the request that shows best what is wrong.
pub struct Shown {
    /// Its request and caller.
    pub request: RequestAt,
    /// They, drawn.
    pub diagram: RequestDiagram,
}

/// Way to look at a witness again; `None` where that cannot be done.
pub type Look<'a> = dyn Fn(&Witness) -> Option<Shown> + 'a;

/// A witness that a page shows.
pub(super) struct Exhibit {
    /// Name of its files, and its place on the page.
    pub(super) name: String,
    pub(super) witness: Witness,
    pub(super) shown: Shown,
}

impl Exhibit {
    /// Its files: name and bytes.
    pub(super) fn files(&self, formats: Formats) -> Result<Vec<(String, Vec<u8>)>, PlotError> {
        let (name, diagram) = (&self.name, &self.shown.diagram);
        let mut files = vec![(format!("{name}.svg"), diagram.svg()?.into_bytes())];
        if formats == Formats::SvgAndPng {
            files.push((format!("{name}.png"), diagram.png()?));
        }
        Ok(files)
    }
}

/// All that is shown, and for each witness in turn which of that.
#[derive(Default)]
pub(super) struct Exhibits {
    pub(super) shown: Vec<Exhibit>,
    places: Vec<(Witness, usize)>,
    /// Witnesses that the page has no room for, or that cannot be looked at.
    pub(super) left: usize,
}

impl Exhibits {
    /// The requests of the first witnesses that are not of the same request as one before.
    pub(super) fn new<'a>(witnesses: impl Iterator<Item = &'a Witness>, look: &Look<'_>) -> Self {
        let (mut exhibits, mut left) = (Self::default(), BTreeSet::new());
        for witness in witnesses.filter(|witness| !witness.cells.is_empty()) {
            if exhibits.of(witness).is_some() {
                continue;
            }
            let shown = if exhibits.shown.len() < MOST { look(witness) } else { None };
            let Some(shown) = shown else {
                left.insert((witness.cells.clone(), witness.replicate));
                continue;
            };
            let (cells, request) = (witness.cells.join("-"), shown.request);
            let name = format!("failure-{cells}-{}-{}-{}", witness.replicate, request.request, request.caller);
            let place = exhibits.shown.iter().position(|exhibit| exhibit.name == name);
            exhibits.places.push((witness.clone(), place.unwrap_or(exhibits.shown.len())));
            if place.is_none() {
                exhibits.shown.push(Exhibit { name, witness: witness.clone(), shown });
            }
        }
        exhibits.left = left.len();
        exhibits
    }

    /// What shows a witness.
    pub(super) fn of(&self, witness: &Witness) -> Option<&Exhibit> {
        let (_, place) = self.places.iter().find(|(other, _)| other == witness)?;
        self.shown.get(*place)
    }
}
