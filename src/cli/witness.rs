//! Witnesses of a failure, looked at again.

use std::path::Path;

use crate::report::{Loss, Origin, RequestAt, RequestDiagram, Shown, Witness};
use crate::scenario::{Cell, RESULTS_VERSION, Scenario};
use crate::sim::{Replicate, Row};

use super::drawings::{Replayed, beside};
use super::replay::{names, title, title_beside};
use super::shown;

/// The request of a witness that shows best what is wrong, drawn as `donsim replay --diagram` draws it; `None` where the
/// scenario has no such cell, or nothing is told of the request.
pub(super) fn look(scenario: &Scenario, witness: &Witness) -> Option<Shown> {
    let cells: Vec<Cell> = witness.cells.iter().map(|id| of_id(scenario, id)).collect::<Option<_>>()?;
    let number = witness.replicate;
    let replays: Vec<Replayed> = cells.iter().map(|cell| Replayed::new(cell, number)).collect();
    match (&cells[..], &replays[..]) {
        ([cell], [replayed]) => {
            let request = RequestAt::showing(&replayed.replicate.rows, witness.about)?;
            let story = replayed.story(request)?;
            Some(Shown { request, diagram: RequestDiagram::new(&story, &title(scenario, cell, number)) })
        }
        ([of, minus], [first, second]) => {
            let (metric, direction) = witness.about?;
            let request =
                RequestAt::showing_difference([&first.replicate.rows, &second.replicate.rows], metric, direction)?;
            let ([left, right], title) = (names(scenario, [of, minus]), title_beside(scenario, [of, minus], number));
            let diagram = beside(&title, &[(left, first), (right, second)], request)?;
            Some(Shown { request, diagram })
        }
        _ => None,
    }
}

/// The scenario of a results folder, of which this donsim makes the same results; or why it does not.
pub(super) fn scenario_of(folder: &Path) -> Result<Scenario, String> {
    let (origin, place) = (Origin::of(folder), shown(folder));
    let version = origin.field("results_version");
    if version != RESULTS_VERSION.to_string() {
        let said = if version.is_empty() {
            "says no results version".to_owned()
        } else {
            format!("has results version {version}")
        };
        return Err(format!("{place} {said}, and this donsim makes version {RESULTS_VERSION}"));
    }
    let scenario = Scenario::load(&folder.join("resolved.toml"), &[]).ok().filter(|it| it.id() == origin.field("id"));
    scenario.ok_or_else(|| format!("resolved.toml in {place} is not the scenario of that run"))
}

/// A request that the second run lost, or answered later, in both of them beside each other; or why it cannot be drawn.
pub(super) fn look_at_loss(scenarios: [&Scenario; 2], loss: &Loss) -> Result<RequestDiagram, String> {
    let [base, new] = [0, 1].map(|at| of_id(scenarios[at], &loss.cells[at]));
    let (base, new) = base.zip(new).ok_or("resolved.toml has no such cell")?;
    let [first, second] = [&base, &new].map(|cell| Replayed::new(cell, loss.replicate));
    let ends = [&first, &second].map(|replayed| accepts(&replayed.replicate, loss.request));
    if ends != [true, loss.slower.is_some()] {
        return Err("the request does not end so with this donsim: another aggregator, or other code, made these runs"
            .to_owned());
    }
    let title = format!(
        "{} beside {}/{}, cell {}",
        title(scenarios[0], &base, loss.replicate),
        scenarios[1].name(),
        scenarios[1].id(),
        new.id
    );
    let sides = [("base".to_owned(), &first), ("new".to_owned(), &second)];
    beside(&title, &sides, loss.request).ok_or_else(|| "nothing is told of the request".to_owned())
}

/// Whether a request ends with the right response.
fn accepts(replicate: &Replicate, at: RequestAt) -> bool {
    let is_it = |row: &&Row| (row.request, row.workflow_node) == (at.request, at.caller);
    replicate.rows.iter().find(is_it).is_some_and(|row| row.outcome.is_right())
}

/// The cell with this id.
fn of_id(scenario: &Scenario, id: &str) -> Option<Cell> {
    (0..scenario.cell_count()).map(|index| scenario.cell(index)).find(|cell| cell.id == id)
}
