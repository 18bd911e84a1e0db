//! How every request ended at every workflow node, once nothing more can happen.

use crate::aggregator::Decision;

use super::outcome::{Judgement, Outcome, Replicate, RequestFacts, Row, Unreachable};
use super::setup::CapabilityDon;
use super::truth::Seen;
use super::workflow_node::WorkflowNode;
use super::world::World;

/// The outcome of a world that has come to its end.
pub(super) fn replicate(world: &World<'_>) -> Replicate {
    let acts = &world.observers.acts;
    let (faults, partitions, cuts) = (acts.faults.clone(), acts.partitions.clone(), acts.cuts.clone());
    let ledger = &world.observers.ledger;
    let requests = world.observers.progress.requests.iter();
    let requests = requests.map(|facts| judged(*facts, &world.setup.capability_don)).collect();
    let (ocr, uplink, epochs) = (ledger.ocr, ledger.busiest(), world.agreement.epochs());
    Replicate { rows: rows(world), faults, partitions, cuts, requests, ocr, epochs, uplink }
}

/// Facts about a request, with a verdict on its epochs.
fn judged(facts: RequestFacts, don: &CapabilityDon) -> RequestFacts {
    let in_time = |_| facts.epochs.is_some_and(|epochs| epochs <= u64::from(don.f) + 1);
    RequestFacts { reported: don.ocr.rounds().map(in_time), ..facts }
}

/// How every request ended at every workflow node.
pub(super) fn rows(world: &World<'_>) -> Vec<Row> {
    (0..world.setup.request.count).flat_map(|request| request_rows(world, request)).collect()
}

fn request_rows(world: &World<'_>, request: u32) -> Vec<Row> {
    let (mut rows, seen): (Vec<Row>, Vec<Option<Seen>>) =
        (0..).zip(&world.workflow).map(|(at, node)| row(world, request, at, node)).unzip();
    for row in &mut rows {
        if !world.assignment.is_honest(row.workflow_node) {
            *row = Row {
                outcome: Outcome::Byzantine,
                latency: None,
                error: String::new(),
                unreachable: None,
                ..row.clone()
            };
        }
    }
    let right = rows.iter().filter(|row| row.outcome.is_right()).count();
    let honest = (0..).zip(seen).filter(|(node, _)| world.assignment.is_honest(*node));
    let seen: Vec<Seen> = honest.filter_map(|(_, seen)| seen).collect();
    let disagreement = seen.iter().any(|one| *one != seen[0]);
    for row in &mut rows {
        row.served = right >= world.setup.workflow_don.needed as usize;
        row.disagreement = disagreement;
    }
    rows
}

fn row(world: &World<'_>, request: u32, workflow_node: u32, node: &WorkflowNode) -> (Row, Option<Seen>) {
    let mut row = Row {
        request,
        workflow_node,
        outcome: Outcome::Crashed,
        latency: None,
        decided: None,
        error: String::new(),
        served: false,
        disagreement: false,
        unreachable: None,
        judgement: Judgement::Depended,
        breach: world.observers.oracle.view(workflow_node, request).breach,
        bytes: world.observers.ledger.bytes(workflow_node, request),
        signatures_verified: 0,
    };
    // A node that was dead before it could start the request has nothing to show.
    let Some(pending) = node.pending(request) else { return (row, None) };
    row.decided = pending.ended.map(|ended| ended.since(pending.started));
    row.signatures_verified = pending.aggregator.signatures_checked();
    let mut seen = None;
    match pending.decision() {
        Some(Decision::Success(success)) => {
            let takes_signed_only = world.setup.aggregator.rule_set.takes_signed_only(workflow_node);
            let (outcome, what) = world.requests[request as usize].truth.judge(&success.response, takes_signed_only);
            row.outcome = outcome;
            seen = Some(what);
            row.latency = row.decided;
        }
        Some(decision) => {
            let is_expired = matches!(decision, Decision::Expired);
            row.outcome = match is_expired {
                true if world.agreement.found_nothing(request) => Outcome::NoAgreement,
                true => Outcome::Expired,
                false => Outcome::Failed,
            };
            decision.error().unwrap_or_default().clone_into(&mut row.error);
        }
        None => {}
    }
    let cause = world.observers.oracle.view(workflow_node, request).cause();
    assert!(
        !row.outcome.is_right() || cause.is_none() || !world.assignment.is_honest(workflow_node),
        "accepted though it was unreachable: {cause:?}"
    );
    if !node.is_dead() {
        row.judgement = world.observers.oracle.judge(workflow_node, request);
    }
    if !row.outcome.is_right() {
        row.unreachable = cause.map(|(at, cause)| Unreachable { cause, after: at.since(pending.started) });
    }
    (row, seen)
}
