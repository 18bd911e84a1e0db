//! Lanes of a picture: one a node, or one for several nodes that do the same thing.

use std::collections::BTreeMap;

use crate::network::Node;

use super::story::{Fate, Story};

/// One capability node, or several that do the same thing.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::report) struct Lane {
    /// Their numbers, rising.
    pub(in crate::report) nodes: Vec<usize>,
    /// Number of the node, or how many there are.
    pub(in crate::report) name: String,
    /// Whether they hold the payload, where that came out and all agree.
    pub(in crate::report) holds: Option<bool>,
    /// Faults that acted on them.
    pub(in crate::report) faults: Vec<&'static str>,
}

/// How much two nodes have to have in common to share a lane, from all to nothing.
const LIKENESS: [fn(&Story, usize) -> String; 4] = [
    |story, at| format!("{} {:?} {}", traits(story, at), story.nodes[&at].faults, fates(story, at)),
    |story, at| format!("{} {:?}", traits(story, at), story.nodes[&at].faults),
    |story, at| format!("{} {}", traits(story, at), story.nodes[&at].faults.is_empty()),
    |_, _| String::new(),
];

/// Lanes of the capability nodes, at most `most` of them.
pub(in crate::report) fn lanes(story: &Story, most: usize) -> Vec<Lane> {
    let [lanes] = same_lanes([story], most);
    lanes
}

/// Lanes of several stories of the same nodes, each node in the same place in all of them.
pub(in crate::report) fn same_lanes<const N: usize>(stories: [&Story; N], most: usize) -> [Vec<Lane>; N] {
    let numbers = || stories[0].nodes.keys().copied();
    let of = |bundles: &[Vec<usize>]| {
        stories.map(|story| bundles.iter().map(|nodes| Lane::new(story, nodes.clone())).collect::<Vec<_>>())
    };
    if stories[0].nodes.len() <= most {
        return of(&numbers().map(|at| vec![at]).collect::<Vec<_>>());
    }
    let bundles = |likeness: &fn(&Story, usize) -> String| {
        let mut alike: BTreeMap<[String; N], Vec<usize>> = BTreeMap::new();
        for at in numbers() {
            alike.entry(stories.map(|story| likeness(story, at))).or_default().push(at);
        }
        let mut bundles: Vec<Vec<usize>> = alike.into_values().collect();
        bundles.sort_by_key(|nodes| (Lane::new(stories[0], nodes.clone()).holds != Some(true), nodes.len(), nodes[0]));
        bundles
    };
    of(&LIKENESS.iter().map(bundles).find(|bundles| bundles.len() <= most).unwrap_or_default())
}

impl Lane {
    fn new(story: &Story, nodes: Vec<usize>) -> Self {
        let name = match nodes.as_slice() {
            [only] => only.to_string(),
            many => format!("{} nodes", many.len()),
        };
        let first = story.nodes[&nodes[0]].holds;
        let holds = first.filter(|_| nodes.iter().all(|at| story.nodes[at].holds == first));
        let mut faults: Vec<&str> = nodes.iter().flat_map(|at| &story.nodes[at].faults).copied().collect();
        faults.sort_unstable();
        faults.dedup();
        Self { nodes, name, holds, faults }
    }

    /// Whether a node is in it.
    pub(in crate::report) fn has(&self, node: Node) -> bool {
        matches!(node, Node::Capability(at) if self.nodes.contains(&(at as usize)))
    }

    /// Its node, or how many there are and which.
    pub(in crate::report) fn title(&self) -> String {
        match self.nodes.as_slice() {
            [only] => Node::Capability(*only as u32).to_string(),
            _ => format!("{}: {}", self.name, self.numbers()),
        }
    }

    /// Its nodes, and what they are.
    pub(in crate::report) fn describe(&self) -> String {
        let holds = match self.holds {
            Some(true) => ", holder",
            Some(false) => ", no payload",
            None => "",
        };
        let faults = self.faults.join(", ");
        let faulty = if faults.is_empty() { "" } else { ", faulty: " };
        format!("{}{holds}{faulty}{faults}", self.title())
    }

    /// Its nodes' numbers, those in a row joined.
    pub(in crate::report) fn numbers(&self) -> String {
        let runs = self.nodes.chunk_by(|a, b| a + 1 == *b);
        let words = runs.map(|run| match run {
            [only] => only.to_string(),
            [first, second] => format!("{first}, {second}"),
            [first, .., last] => format!("{first}–{last}"),
            [] => String::new(),
        });
        words.collect::<Vec<_>>().join(", ")
    }
}

/// What a node is: a holder or not, and whether its answer decided.
fn traits(story: &Story, at: usize) -> String {
    let node = Node::Capability(at as u32);
    let decided = story.messages.iter().any(|way| way.from == node && way.reception == "decides");
    format!("{:?} {decided}", story.nodes[&at].holds)
}

/// Messages of a node, and what became of them.
fn fates(story: &Story, at: usize) -> String {
    let node = Node::Capability(at as u32);
    let ours = story.messages.iter().filter(|way| way.from == node || way.to == node);
    let words = ours.map(|way| {
        let fate = match &way.fate {
            Fate::Arrives(_) => "arrives",
            Fate::Refused(_) => "refused",
            Fate::Lost(_) => "lost",
        };
        format!("{:?} {fate}", way.kind)
    });
    let mut words: Vec<String> = words.collect();
    words.sort_unstable();
    words.join(" ")
}
