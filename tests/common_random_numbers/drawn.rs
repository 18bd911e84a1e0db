//! What was drawn in a replicate, and whether two replicates agree on it.

use std::collections::BTreeMap;

use donsim::network::Node;
use donsim::sim::Line;

/// What was drawn, by what it was drawn for.
#[derive(Debug, Default, PartialEq)]
pub struct Drawn {
    /// When each workflow node starts a request, in ns.
    pub starts: BTreeMap<(u32, Node), u64>,
    /// How long each capability node executes.
    pub executions: BTreeMap<(u32, Node), String>,
    /// Until the report, by request.
    pub agreements: BTreeMap<u32, String>,
    /// By request, sender, receiver and attempt: how long each copy is under way, in ns. No copy: lost.
    pub ways: BTreeMap<(u32, Node, Node, usize), Vec<u64>>,
    /// Who has the payload when it observes.
    pub holders: BTreeMap<Node, bool>,
    /// By fault, request, node and its target: how often it acts.
    pub acts: BTreeMap<(String, u32, Node, Node), u32>,
}

impl Drawn {
    /// Read off the lines of a replicate.
    pub fn of(lines: &[Line]) -> Self {
        let mut drawn = Self::default();
        let mut attempts: BTreeMap<(u32, Node, Node), usize> = BTreeMap::new();
        for line in lines {
            let (request, what) = (line.request, line.what.as_str());
            match (line.from, line.to) {
                (Some(node), None) if what.starts_with("starts") => {
                    drawn.starts.insert((request, node), line.time.as_nanos());
                }
                (Some(node), None) if what.starts_with("executes for") => {
                    drawn.executions.insert((request, node), what.to_owned());
                }
                (Some(node), None) if what.starts_with("observes") => {
                    drawn.holders.insert(node, what.ends_with(", holds the payload"));
                }
                (None, None) if what.contains("OCR takes") => {
                    drawn.agreements.insert(request, what.to_owned());
                }
                (Some(from), Some(to)) if what.starts_with("fault ") => {
                    *drawn.acts.entry((what.to_owned(), request, from, to)).or_default() += 1;
                }
                (Some(from), Some(to)) => {
                    if let Some(way) = way(line) {
                        let attempt = attempts.entry((request, from, to)).or_default();
                        drawn.ways.insert((request, from, to, *attempt), way);
                        *attempt += 1;
                    }
                }
                _ => {}
            }
        }
        drawn
    }
}

/// How long the copies of a message are under way; `None` for another line.
pub fn way(line: &Line) -> Option<Vec<u64>> {
    let (_, fate) = line.what.split_once(" bytes, ")?;
    let arrivals = fate.split(' ').filter_map(|word| {
        let (whole, part) = word.split_once('.')?;
        Some(whole.parse::<u64>().ok()? * 1_000_000 + part.parse::<u64>().ok()?)
    });
    Some(arrivals.map(|arrival| arrival - line.time.as_nanos()).collect())
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

/// As [`weather_agrees`], and roles and deeds are the same.
pub fn all_agrees(base: &Drawn, other: &Drawn) {
    weather_agrees(base, other);
    agree(&base.holders, &other.holders, 0);
    agree(&base.acts, &other.acts, 0);
}
