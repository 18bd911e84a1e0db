//! Witnesses of a failure, looked at again.

use crate::report::{RequestAt, RequestDiagram, Shown, Story, Witness};
use crate::scenario::{Cell, Scenario};
use crate::sim::{Happening, Listener, RealAggregators, ReplicateCache, Row, simulate, simulate_with};

use super::drawings::beside;
use super::replay::{names, title, title_beside};

/// The request of a witness that shows best what is wrong, drawn as `donsim replay --diagram` draws it; `None` where the
/// scenario has no such cell, or nothing is told of the request.
pub(super) fn look(scenario: &Scenario, witness: &Witness) -> Option<Shown> {
    let cells: Vec<Cell> = witness.cells.iter().map(|id| of_id(scenario, id)).collect::<Option<_>>()?;
    let [number, seed] = [witness.replicate, scenario.run().seed];
    let rows = |cell: &Cell| simulate(&cell.setup, number, &mut ReplicateCache::new(seed)).rows;
    let rows: Vec<Vec<Row>> = cells.iter().map(rows).collect();
    let told = |cell: &Cell, request| {
        let mut told = OfRequest { request, happenings: Vec::new() };
        let mut cache = ReplicateCache::new(seed);
        let _ = simulate_with(&cell.setup, number, &mut cache, &RealAggregators, Some(&mut told));
        told.happenings
    };
    match &cells[..] {
        [cell] => {
            let request = RequestAt::showing(&rows[0], witness.about)?;
            let story = Story::read(&told(cell, request), request)?;
            Some(Shown { request, diagram: RequestDiagram::new(&story, &title(scenario, cell, number)) })
        }
        [of, minus] => {
            let (metric, direction) = witness.about?;
            let request = RequestAt::showing_difference([&rows[0], &rows[1]], metric, direction)?;
            let told = [told(of, request), told(minus, request)];
            let ([left, right], title) = (names(scenario, [of, minus]), title_beside(scenario, [of, minus], number));
            let diagram = beside(&title, [(left, &told[0]), (right, &told[1])], request)?;
            Some(Shown { request, diagram })
        }
        _ => None,
    }
}

/// The cell with this id.
fn of_id(scenario: &Scenario, id: &str) -> Option<Cell> {
    (0..scenario.cell_count()).map(|index| scenario.cell(index)).find(|cell| cell.id == id)
}

/// Listener that keeps what happens to one request, however many there are.
struct OfRequest {
    request: RequestAt,
    happenings: Vec<Happening>,
}

impl Listener for OfRequest {
    fn hear(&mut self, happening: &Happening) {
        if happening.request.is_none_or(|request| request == self.request.request) {
            self.happenings.push(happening.clone());
        }
    }
}
