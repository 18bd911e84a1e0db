//! First happening in which two worlds differ at a caller.

use crate::engine::Time;
use crate::network::Node;
use crate::sim::Happening;

use super::super::happenings::{happening_line, happening_object};
use super::RequestAt;

/// Where two worlds part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The earlier of the two instants.
    pub at: Time,
    /// First thing that happens from then on in the one and in the other; `None` where nothing more does.
    pub happens: [Option<String>; 2],
}

impl Difference {
    /// The first happening of a request at its caller that differs between two replays; `None` where none does.
    pub fn first(replays: [&[Happening]; 2], of: RequestAt) -> Option<Self> {
        let caller = Node::Workflow(of.caller);
        // What has no line says nothing beside the next one.
        let is_ours = |happening: &&Happening| {
            happening.is_about(caller) && happening.request == Some(of.request) && happening_line(happening).is_some()
        };
        let [mut left, mut right] = replays.map(|replay| replay.iter().filter(is_ours));
        loop {
            let pair = [left.next(), right.next()];
            match pair {
                [None, None] => return None,
                [Some(one), Some(other)] if happening_object(one) == happening_object(other) => {}
                pair => {
                    let at = pair.iter().flatten().map(|happening| happening.time).min()?;
                    return Some(Self { at, happens: pair.map(|happening| happening.map(words)) });
                }
            }
        }
    }
}

/// A happening without the number of the request, which is known.
fn words(happening: &Happening) -> String {
    let line = happening_line(happening).unwrap_or_default();
    let mut words = line.split_whitespace().filter(|word| *word != "-");
    let time: Vec<&str> = words.by_ref().take(2).collect();
    let what: Vec<&str> = words.skip(2).collect();
    format!("{}: {}", time.join(" "), what.join(" "))
}
