//! Witnesses of a failure, looked at again.

use crate::report::{RequestAt, RequestDiagram, Shown, Story, Witness};
use crate::scenario::{Cell, Scenario};
use crate::sim::{Happening, Replicate, ReplicateCache, replay};

use super::drawings::beside;
use super::replay::{names, title, title_beside};

/// The request of a witness that shows best what is wrong, drawn as `donsim replay --diagram` draws it; `None` where the
/// scenario has no such cell, or nothing is told of the request.
pub(super) fn look(scenario: &Scenario, witness: &Witness) -> Option<Shown> {
    let cells: Vec<Cell> = witness.cells.iter().map(|id| of_id(scenario, id)).collect::<Option<_>>()?;
    let number = witness.replicate;
    let again = |cell: &Cell| replay(&cell.setup, number, &mut ReplicateCache::new(scenario.run().seed));
    let replays: Vec<(Replicate, Vec<Happening>)> = cells.iter().map(again).collect();
    match (&cells[..], &replays[..]) {
        ([cell], [(replicate, told)]) => {
            let request = RequestAt::showing(&replicate.rows, witness.about)?;
            let story = Story::read(told, request)?;
            Some(Shown { request, diagram: RequestDiagram::new(&story, &title(scenario, cell, number)) })
        }
        ([of, minus], [(first, told), (second, told_beside)]) => {
            let (metric, direction) = witness.about?;
            let request = RequestAt::showing_difference([&first.rows, &second.rows], metric, direction)?;
            let ([left, right], title) = (names(scenario, [of, minus]), title_beside(scenario, [of, minus], number));
            let diagram = beside(&title, [(left, told), (right, told_beside)], request)?;
            Some(Shown { request, diagram })
        }
        _ => None,
    }
}

/// The cell with this id.
fn of_id(scenario: &Scenario, id: &str) -> Option<Cell> {
    (0..scenario.cell_count()).map(|index| scenario.cell(index)).find(|cell| cell.id == id)
}
