//! How every request ended at every workflow node, once nothing more can happen.

use crate::aggregator::Decision;

use super::call::Agreement;
use super::judgement::Judgement;
use super::oracle::Seen;
use super::outcome::{Outcome, Row, Unreachable};
use super::workflow_node::WorkflowNode;
use super::world::World;

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
    let call = &world.calls[request as usize];
    let spent = &node.spent[request as usize];
    let mut row = Row {
        request,
        workflow_node,
        outcome: Outcome::Crashed,
        latency: None,
        error: String::new(),
        served: false,
        disagreement: false,
        unreachable: None,
        judgement: Judgement::Depended,
        bytes: spent.bytes,
        signatures_verified: 0,
    };
    // A node that was dead before it could start the request has nothing to show.
    let Some(pending) = &node.requests[request as usize] else { return (row, None) };
    row.signatures_verified = pending.client.signatures_checked();
    let mut seen = None;
    match pending.client.decision() {
        Some(Decision::Success(success)) => {
            let (outcome, what) = call.truth.judge(&success.response);
            row.outcome = outcome;
            seen = Some(what);
            row.latency = pending.ended.map(|ended| ended.since(pending.started));
            let useful = spent.payloads.iter().filter(|(peer, _)| success.support.contains(peer));
            row.bytes.response = useful.map(|(_, len)| len).sum();
            row.bytes.duplicate_payload -= row.bytes.response;
        }
        Some(decision) => {
            let nothing = matches!(decision, Decision::Expired) && call.agreement == Agreement::Nothing;
            row.outcome = match decision {
                _ if nothing => Outcome::NoAgreement,
                Decision::Expired => Outcome::Expired,
                _ => Outcome::Failed,
            };
            decision.error().unwrap_or_default().clone_into(&mut row.error);
        }
        None => {}
    }
    let unreachable = world.hopes[workflow_node as usize][request as usize].unreachable();
    debug_assert!(
        !row.outcome.is_right() || unreachable.is_none() || !world.assignment.is_honest(workflow_node),
        "accepted though it was unreachable: {unreachable:?}"
    );
    if !node.dead {
        let evidence = &node.spent[request as usize].evidence;
        row.judgement = evidence.judge(world.setup, unreachable.map(|(_, reason)| reason));
    }
    if !row.outcome.is_right() {
        row.unreachable =
            unreachable.map(|(at, reason)| Unreachable { cause: reason, after: at.since(pending.started) });
    }
    (row, seen)
}
