//! What was drawn in a replicate, and whether two replicates agree on it.

use std::collections::BTreeMap;

use donsim::engine::Span;
use donsim::network::Node;
use donsim::sim::{Happening, OcrHappening, What};

/// What was drawn, by what it was drawn for.
#[derive(Debug, Default, PartialEq)]
pub struct Drawn {
    /// When each workflow node starts a request, in ns.
    pub starts: BTreeMap<(u32, Node), u64>,
    /// How long each capability node executes.
    pub executions: BTreeMap<(u32, Node), Span>,
    /// Until the report, by request.
    pub agreements: BTreeMap<u32, Span>,
    /// By request, sender, receiver and attempt: how long each copy is under way. No copy: lost.
    pub ways: BTreeMap<(u32, Node, Node, usize), Vec<Span>>,
    /// Who has the payload when it observes.
    pub holders: BTreeMap<Node, bool>,
    /// By sequence number, kind, sender and receiver of an OCR3 message: how long each copy is under way.
    pub ocr_ways: BTreeMap<(u64, &'static str, Node, Node), Vec<Span>>,
    /// By fault, request, node and its target: how often it acts.
    pub acts: BTreeMap<(&'static str, u32, Node, Node), u32>,
}

impl Drawn {
    /// Read off the happenings of a replicate.
    pub fn of(happenings: &[Happening]) -> Self {
        let mut drawn = Self::default();
        let mut attempts: BTreeMap<(u32, Node, Node), usize> = BTreeMap::new();
        for happening in happenings {
            let Happening { request, time, .. } = *happening;
            let Some(request) = request else {
                drawn.ocr(happening);
                continue;
            };
            match (&happening.what, happening.node, happening.peer) {
                (What::Started { .. }, Some(node), _) => {
                    drawn.starts.insert((request, node), time.as_nanos());
                }
                (What::Executing { takes }, Some(node), _) => {
                    drawn.executions.insert((request, node), *takes);
                }
                (What::Observed { holds }, Some(node), _) => {
                    drawn.holders.insert(node, *holds);
                }
                (What::Agreeing { takes }, ..) => {
                    drawn.agreements.insert(request, *takes);
                }
                (What::FaultActed { name, .. }, Some(node), Some(target)) => {
                    *drawn.acts.entry((name, request, node, target)).or_default() += 1;
                }
                (What::Sent { arrivals, .. }, Some(from), Some(to)) => {
                    let attempt = attempts.entry((request, from, to)).or_default();
                    let way = arrivals.iter().flatten().map(|arrival| arrival.since(time)).collect();
                    drawn.ways.insert((request, from, to, *attempt), way);
                    *attempt += 1;
                }
                _ => {}
            }
        }
        drawn
    }

    fn ocr(&mut self, happening: &Happening) {
        if let (What::Ocr(OcrHappening::Sent { message, arrivals, .. }), Some(from), Some(to)) =
            (&happening.what, happening.node, happening.peer)
        {
            let way = arrivals.iter().flatten().map(|arrival| arrival.since(happening.time)).collect();
            self.ocr_ways.insert((message.seq_nr, message.body.name(), from, to), way);
        }
    }
}

/// What both have is equal, and of what the first has at most `missing` are not in the second.
pub fn agree<K: Ord + std::fmt::Debug, V: PartialEq + std::fmt::Debug>(
    base: &BTreeMap<K, V>,
    other: &BTreeMap<K, V>,
    missing: usize,
) {
    let mut absent = 0;
    for (key, value) in base {
        match other.get(key) {
            Some(found) => assert_eq!(found, value, "{key:?}"),
            None => absent += 1,
        }
    }
    assert!(!base.is_empty() && absent <= missing, "{absent} of {} have gone", base.len());
}

/// Everything of the first world that does not depend on who holds the payload is in the second.
pub fn weather_agrees(base: &Drawn, other: &Drawn) {
    agree(&base.starts, &other.starts, 0);
    // A node that is asked only after the report does not execute without the payload.
    agree(&base.executions, &other.executions, 1);
    agree(&base.agreements, &other.agreements, 0);
    agree(&base.ways, &other.ways, 0);
}

/// As [`weather_agrees`], and roles and acts of faults are the same.
pub fn all_agrees(base: &Drawn, other: &Drawn) {
    weather_agrees(base, other);
    agree(&base.holders, &other.holders, 0);
    agree(&base.acts, &other.acts, 0);
}
