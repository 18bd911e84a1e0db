//! Draws about messages between the two DONs, made for all pairs of nodes at once: in a world nearly all of them are wanted, every
//! world of a replicate wants the same, and many draws together cost a fraction of what they cost one by one.

use crate::engine::{Draws, Uniform};
use crate::network::Node;

use super::event;
use super::site::Site;

/// Sites of draws about a message, and the end of their key for the first copy of the first message of a link.
const SITES: [(Site, [u32; 2]); 4] =
    [(Site::Loss, [0, 0]), (Site::Duplication, [0, 0]), (Site::Latency, [0, 0]), (Site::Tie, [event::ARRIVAL, 0])];

/// Draws that are kept; whatever comes behind them is drawn alone.
const MOST: usize = 1 << 18;

/// Draws of one replicate.
#[derive(Debug, Default)]
pub(super) struct LinkDraws {
    /// Workflow nodes and capability nodes; as long as there are none, every draw is made alone.
    nodes: [u32; 2],
    /// By request, direction and site, those of all pairs by workflow node and capability node; empty until one is asked for.
    made: Vec<Vec<Uniform>>,
}

impl LinkDraws {
    /// Forgets all, for a world of so many nodes, unless it is made for as many.
    pub(super) fn fit(&mut self, workflow_nodes: u32, capability_nodes: u32) {
        if self.nodes != [workflow_nodes, capability_nodes] {
            self.made.clear();
            self.nodes = [workflow_nodes, capability_nodes];
        }
    }

    /// Forgets all, for another replicate.
    pub(super) fn clear(&mut self) {
        self.made.clear();
    }

    /// The draw of `site` for `parts`: request, sender and receiver of a message, which `from` and `to` are, and the end of its key.
    pub(super) fn draw(&mut self, draws: &Draws, site: Site, [from, to]: [Node; 2], parts: [u32; 5]) -> Uniform {
        let [request, _, _, last @ ..] = parts;
        let alone = || site.draw(draws, parts);
        let (Node::Workflow(workflow), Node::Capability(capability), direction) = (match from {
            Node::Workflow(_) => (from, to, 0),
            Node::Capability(_) => (to, from, 1),
        }) else {
            return alone();
        };
        let Some(site_number) = SITES.iter().position(|known| *known == (site, last)) else { return alone() };
        let [workflow_nodes, capability_nodes] = self.nodes;
        let pairs = workflow_nodes as usize * capability_nodes as usize;
        let at = (request as usize * 2 + direction) * SITES.len() + site_number;
        if pairs == 0 || (at + 1) * pairs > MOST {
            return alone();
        }
        if self.made.len() <= at {
            self.made.resize(at + 1, Vec::new());
        }
        if self.made[at].is_empty() {
            let pairs = (0..workflow_nodes).flat_map(|caller| {
                (0..capability_nodes).map(move |callee| (Node::Workflow(caller), Node::Capability(callee)))
            });
            let ends = pairs.map(|(caller, callee)| if direction == 0 { (caller, callee) } else { (callee, caller) });
            let key = |(from, to): (Node, Node)| [request, from.key(), to.key(), last[0], last[1]];
            self.made[at] = site.draw_all(draws, ends.map(key));
        }
        self.made[at][(workflow * capability_nodes + capability) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever is asked for, and in whatever order: the draw that its key gives.
    #[test]
    fn a_draw_is_that_of_its_key() {
        let draws = Draws::new(1, 7);
        let mut made = LinkDraws::default();
        for (callers, callees) in [(4, 16), (1, 4), (3, 3)] {
            made.fit(callers, callees);
            for _ in 0..2 {
                for request in [1, 0, 2, MOST as u32] {
                    for (site, last) in SITES.into_iter().chain([(Site::Latency, [1, 0]), (Site::Tie, [4, 0])]) {
                        for (caller, callee) in
                            (0..callers).flat_map(|caller| (0..callees).map(move |callee| (caller, callee)))
                        {
                            let ends = [Node::Workflow(caller), Node::Capability(callee)];
                            for [from, to] in [ends, [ends[1], ends[0]], [ends[1]; 2]] {
                                let parts = [request, from.key(), to.key(), last[0], last[1]];
                                assert_eq!(made.draw(&draws, site, [from, to], parts), site.draw(&draws, parts));
                            }
                        }
                    }
                }
            }
            assert!(made.made.iter().any(|draws| !draws.is_empty()));
        }
    }
}
