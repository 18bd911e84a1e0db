//! Requests that a new run lost, or answered later, on the page of a comparison.

use std::path::Path;

use maud::{Markup, html};

use crate::report::compare::{Comparisons, Loss};
use crate::report::plots::number::fixed;
use crate::report::{RequestAt, RequestDiagram};
use crate::scenario::shell_path;

use super::compared::place;
use super::diagrams::{Diagrams, missing};
use super::{command, text};

/// Way to draw a request that was lost, as it went in both runs beside each other; or why that cannot be done.
pub type LookAtLoss<'a> = dyn Fn(&Loss) -> Result<RequestDiagram, String> + 'a;

/// Requests that the base run accepted and the new one did not, or later, drawn as far as that can be done and there is room; and the bytes of
/// the diagrams.
pub(super) fn requests(found: &Comparisons, folders: [&Path; 2], look: &LookAtLoss<'_>) -> (Option<Markup>, usize) {
    let mut diagrams = Diagrams::default();
    let mut one = |loss: &Loss| {
        let place = place(found, &loss.axes);
        let RequestAt { request, caller } = loss.request;
        let reason = html! {
            p {
                @if !place.is_empty() { (text(&place)) ": " }
                (found_as(loss)) ", in replicate " (loss.replicate) "."
            }
        };
        let again = again(loss, folders);
        match look(loss) {
            Ok(diagram) => diagrams.figure(&name(loss), &diagram, &reason, &again),
            Err(why) => missing(&name(loss), &format!("Request {request} at workflow.{caller}"), &reason, &why, &again),
        }
    };
    let all: Vec<Markup> = found.losses.iter().map(&mut one).collect();
    ((!all.is_empty()).then(|| html! { @for one in &all { (one) } }), diagrams.bytes)
}

/// What a request shows.
fn found_as(loss: &Loss) -> String {
    match loss.slower.map(|latencies| latencies.map(|latency| fixed(latency as f64 / 1e6, 3))) {
        None => "the first request that the base accepted and the new run did not".to_owned(),
        Some([before, after]) => {
            format!("the request that became slowest, {before} ms in the base and {after} ms in the new run")
        }
    }
}

/// Commands that draw the request in each run.
fn again(loss: &Loss, folders: [&Path; 2]) -> Markup {
    let line = |at: usize, file: &str| {
        let (scenario, cell) = (shell_path(&folders[at].join("resolved.toml")), &loss.cells[at]);
        let only = loss.request.options();
        format!("donsim replay {scenario} --cell {cell} --replicate {}{only} --diagram {file}", loss.replicate)
    };
    html! { "Each again: " (command(&line(0, "base.svg"))) " " (command(&line(1, "new.svg"))) }
}

/// The place of a loss on the page.
pub(super) fn name(loss: &Loss) -> String {
    let (cells, RequestAt { request, caller }) = (loss.cells.join("-"), loss.request);
    format!("failure-{}-{}-{request}-{caller}", text(&cells), loss.replicate)
}
