//! The links: bandwidth and queueing at both ends, loss, latency and duplication in between.

use std::collections::BTreeSet;

use super::limits::Streams;
use super::{Barrier, Cut, Latency, Node, Partition, TransportLimits};
use crate::engine::{Span, Time, Uniform};

/// The network between the two DONs.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkSetup {
    /// From workflow nodes to capability nodes.
    pub request: LinkSetup,
    /// From capability nodes to workflow nodes.
    pub response: LinkSetup,
    /// Between capability nodes.
    pub ocr: LinkSetup,
    /// Bits a second that leave a node; `None` without limit.
    pub uplink: Option<u64>,
    /// Bits a second that reach a node; `None` without limit.
    pub downlink: Option<u64>,
    /// Bytes that the transport's frame adds to a message.
    pub frame: u64,
    /// Node sets that are cut off from all others for a while.
    pub partitions: Vec<Partition>,
    /// One-way cuts.
    pub cuts: Vec<Cut>,
    /// Limits of the transport; `None` without.
    pub limits: Option<TransportLimits>,
    /// Links from capability to workflow nodes that lose their answer, so many of all by lot, in place of the
    /// probability; `None` where that decides.
    pub lost_answers: Option<u32>,
}

/// What one direction does to a message.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkSetup {
    /// One-way latency.
    pub latency: Latency,
    /// Probability that a message is lost.
    pub loss: f64,
    /// Probability that the network delivers a message twice.
    pub duplication: f64,
}

/// The regions of each DON's nodes, taken in turn; empty without a region matrix.
#[derive(Clone, Copy, Debug, Default)]
pub struct Placement<'a> {
    /// Regions of workflow nodes.
    pub workflow: &'a [String],
    /// Regions of capability nodes.
    pub capability: &'a [String],
}

/// The same for one direction's latency: rows of its matrix, in turn.
#[derive(Clone, Debug)]
struct Rows {
    workflow: Vec<usize>,
    capability: Vec<usize>,
}

impl Rows {
    fn new(placement: Placement<'_>, latency: &Latency) -> Self {
        let rows = |regions: &[String]| regions.iter().filter_map(|region| latency.row(region)).collect();
        Self { workflow: rows(placement.workflow), capability: rows(placement.capability) }
    }

    fn of(&self, node: Node) -> Option<usize> {
        let rows = match node {
            Node::Workflow(_) => &self.workflow,
            Node::Capability(_) => &self.capability,
        };
        (!rows.is_empty()).then(|| rows[node.position() % rows.len()])
    }
}

/// The chances that the network takes with one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chance {
    /// Is it lost?
    Loss,
    /// Is it delivered twice?
    Duplication,
    /// How long is this copy under way?
    Latency {
        /// 0, or 1 for the second copy.
        copy: u32,
    },
}

/// What became of a message at its sender's uplink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// When its last bit has left.
    pub departs: Time,
    /// When its copies reach the receiver's downlink; none when it is lost or cut off.
    pub arrivals: [Option<Time>; 2],
    /// Partition or cut that stopped it.
    pub barrier: Option<Barrier>,
}

/// The network of one replicate.
#[derive(Clone, Debug)]
pub struct Network<'a> {
    setup: &'a NetworkSetup,
    request_rows: Rows,
    response_rows: Rows,
    ocr_rows: Rows,
    uplinks: Ports,
    downlinks: Ports,
    streams: Streams,
    /// Links that lose all messages where all others lose none.
    lost_answers: Option<BTreeSet<(Node, Node)>>,
}

/// When each node's port is free again.
#[derive(Clone, Debug)]
struct Ports {
    bits_per_second: Option<u64>,
    workflow: Vec<Time>,
    capability: Vec<Time>,
}

impl Ports {
    fn new(bits_per_second: Option<u64>, workflow_nodes: u32, capability_nodes: u32) -> Self {
        Self {
            bits_per_second,
            workflow: vec![Time::ZERO; workflow_nodes as usize],
            capability: vec![Time::ZERO; capability_nodes as usize],
        }
    }

    /// Queues a message at `node`'s port and says when its last bit is through.
    fn pass(&mut self, node: Node, now: Time, bytes: u64) -> Time {
        let Some(bits_per_second) = self.bits_per_second else { return now };
        let free = match node {
            Node::Workflow(at) => &mut self.workflow[at as usize],
            Node::Capability(at) => &mut self.capability[at as usize],
        };
        *free = now.max(*free) + serialization(bytes, bits_per_second);
        *free
    }
}

/// The time that `bytes` take on a line, rounded up to the nanosecond.
fn serialization(bytes: u64, bits_per_second: u64) -> Span {
    let nanos = (u128::from(bytes) * 8 * 1_000_000_000).div_ceil(u128::from(bits_per_second.max(1)));
    Span::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

impl<'a> Network<'a> {
    /// An idle network.
    #[must_use]
    pub fn new(setup: &'a NetworkSetup, placement: Placement<'_>, workflow_nodes: u32, capability_nodes: u32) -> Self {
        let uplinks = Ports::new(setup.uplink, workflow_nodes, capability_nodes);
        let downlinks = Ports::new(setup.downlink, workflow_nodes, capability_nodes);
        let rows = |link: &LinkSetup| Rows::new(placement, &link.latency);
        let (request_rows, response_rows) = (rows(&setup.request), rows(&setup.response));
        Self {
            setup,
            request_rows,
            response_rows,
            ocr_rows: rows(&setup.ocr),
            uplinks,
            downlinks,
            streams: Streams::default(),
            lost_answers: None,
        }
    }

    /// Loses what these capability nodes send to these workflow nodes, and nothing else this way, whatever its probability.
    pub fn lose_answers(&mut self, links: BTreeSet<(Node, Node)>) {
        self.lost_answers = Some(links);
    }

    /// Takes a message of `bytes` at its sender; `draw` answers the chances that the network takes with it.
    ///
    /// A message is cut off when its link is cut at the moment at which its last bit leaves; one that is under way by
    /// then arrives. A lost message has left its uplink like any other.
    pub fn handle_send(
        &mut self,
        now: Time,
        from: Node,
        to: Node,
        bytes: u64,
        draw: &mut dyn FnMut(Chance) -> Uniform,
    ) -> Sent {
        let ready = match &self.setup.limits {
            None => Some(now),
            Some(limits) => self.streams.send(now, from, to, bytes, limits),
        };
        let Some(ready) = ready else {
            return Sent { departs: now, arrivals: [None, None], barrier: Some(Barrier::TooLarge) };
        };
        let departs = self.uplinks.pass(from, ready, bytes);
        let (link, rows) = self.link(from, to);
        // What cannot happen is not drawn: draws are keyed, so none depends on another.
        let mut happens = |chance, probability| probability > 0.0 && draw(chance).happens(probability);
        let barrier = self.barrier(from, to, departs);
        let is_lost = match (&self.lost_answers, from, to) {
            (Some(lost), Node::Capability(_), Node::Workflow(_)) => lost.contains(&(from, to)),
            _ => happens(Chance::Loss, link.loss),
        };
        if barrier.is_some() || is_lost {
            return Sent { departs, arrivals: [None, None], barrier };
        }
        let copies = if happens(Chance::Duplication, link.duplication) { 2 } else { 1 };
        let ends = rows.of(from).zip(rows.of(to));
        let arrivals = [0, 1].map(|copy| {
            let mut latency = || link.latency.sample(ends, draw(Chance::Latency { copy }));
            (copy < copies).then(|| departs + latency())
        });
        Sent { departs, arrivals, barrier: None }
    }

    /// Takes a copy at its receiver's downlink and says when its last bit is in; `None` when the receiver has heard its
    /// sender too often and drops it.
    pub fn handle_arrival(&mut self, now: Time, from: Node, to: Node, bytes: u64) -> Option<Time> {
        let takes = match &self.setup.limits {
            None => true,
            Some(limits) => self.streams.receive(now, from, to, limits),
        };
        takes.then(|| self.downlinks.pass(to, now, bytes))
    }

    fn link(&self, from: Node, to: Node) -> (&LinkSetup, &Rows) {
        match (from, to) {
            (Node::Workflow(_), _) => (&self.setup.request, &self.request_rows),
            (Node::Capability(_), Node::Workflow(_)) => (&self.setup.response, &self.response_rows),
            (Node::Capability(_), Node::Capability(_)) => (&self.setup.ocr, &self.ocr_rows),
        }
    }

    fn barrier(&self, from: Node, to: Node, departs: Time) -> Option<Barrier> {
        let partition = self.setup.partitions.iter().position(|partition| partition.stops(from, to, departs));
        let cut = || self.setup.cuts.iter().position(|cut| cut.stops(from, to, departs));
        partition.map(Barrier::Partition).or_else(|| cut().map(Barrier::Cut))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::engine::{Distribution, Window};
    use crate::network::{NodeSet, RegionMatrix};

    const W: Node = Node::Workflow(0);
    const C: Node = Node::Capability(1);

    fn setup() -> NetworkSetup {
        let latency = Latency::Distribution(Distribution::constant(Span::from_millis(10)));
        let link = LinkSetup { latency, loss: 0.0, duplication: 0.0 };
        NetworkSetup {
            request: link.clone(),
            response: link.clone(),
            ocr: link,
            uplink: None,
            downlink: None,
            frame: 37,
            partitions: Vec::new(),
            cuts: Vec::new(),
            limits: None,
            lost_answers: None,
        }
    }

    fn network(setup: &NetworkSetup) -> Network<'_> {
        Network::new(setup, Placement::default(), 2, 2)
    }

    fn ms(millis: u64) -> Time {
        Time::ZERO + Span::from_millis(millis)
    }

    fn middling(_: Chance) -> Uniform {
        Uniform::from_bits(1 << 63)
    }

    #[test]
    fn latency_alone() {
        let sent = network(&setup()).handle_send(ms(5), W, C, 1_000, &mut middling);
        assert_eq!(sent, Sent { departs: ms(5), arrivals: [Some(ms(15)), None], barrier: None });
    }

    #[test]
    fn bandwidth_queues_at_both_ends() {
        // 1,000 bytes at 8 Mbit/s take 1 ms.
        let slow = NetworkSetup { uplink: Some(8_000_000), downlink: Some(4_000_000), ..setup() };
        let mut network = network(&slow);
        assert_eq!(network.handle_send(ms(0), W, C, 1_000, &mut middling).departs, ms(1));
        assert_eq!(network.handle_send(ms(0), W, C, 1_000, &mut middling).departs, ms(2));
        assert_eq!(network.handle_send(ms(0), Node::Workflow(1), C, 1_000, &mut middling).departs, ms(1));
        assert_eq!(network.handle_arrival(ms(11), C, C, 1_000).expect("no limits"), ms(13));
        assert_eq!(network.handle_arrival(ms(11), C, C, 1_000).expect("no limits"), ms(15));
        assert_eq!(network.handle_arrival(ms(40), C, C, 1_000).expect("no limits"), ms(42));
    }

    #[test]
    fn serialization_rounds_up_and_does_not_overflow() {
        assert_eq!(serialization(1, 3_000_000_000), Span::from_nanos(3));
        assert_eq!(serialization(u64::MAX, 1), Span::MAX);
    }

    #[test]
    fn loss_and_duplication_follow_their_direction() {
        let mut quiet = setup();
        quiet.response.loss = 1.0;
        quiet.request.duplication = 1.0;
        let mut network = network(&quiet);
        assert_eq!(network.handle_send(ms(0), W, C, 1, &mut middling).arrivals, [Some(ms(10)), Some(ms(10))]);
        assert_eq!(network.handle_send(ms(0), C, W, 1, &mut middling).arrivals, [None, None]);
    }

    #[test]
    fn given_links_lose_their_answers_whatever_the_probability() {
        let mut lossy = setup();
        lossy.response.loss = 0.9;
        lossy.request.loss = 0.9;
        let mut network = network(&lossy);
        network.lose_answers([(C, W)].into());
        let mut arrives = |from, to| network.handle_send(ms(0), from, to, 1, &mut middling).arrivals[0].is_some();
        let links = [(C, W), (Node::Capability(0), W), (W, C)];
        assert_eq!(links.map(|(from, to)| arrives(from, to)), [false, true, false]);
    }

    #[test]
    fn partitions_stop_both_ways_and_cuts_one_way() {
        let nodes = NodeSet { workflow: vec![], capability: vec![1] };
        let window = Window { start: ms(10), end: ms(20) };
        let split = NetworkSetup { partitions: vec![Partition { nodes: nodes.clone(), window }], ..setup() };
        let mut split = network(&split);
        for (from, to, at, passes) in [
            (W, C, 9, true),
            (W, C, 10, false),
            (C, W, 19, false),
            (C, W, 20, true),
            (W, Node::Capability(0), 15, true),
        ] {
            assert_eq!(
                split.handle_send(ms(at), from, to, 1, &mut middling).arrivals[0].is_some(),
                passes,
                "{from} {to} {at}"
            );
        }
        let from = NodeSet { workflow: vec![0], capability: vec![] };
        let cut = NetworkSetup { cuts: vec![Cut { from, to: nodes, window }], ..setup() };
        let mut cut = network(&cut);
        assert!(cut.handle_send(ms(15), W, C, 1, &mut middling).arrivals[0].is_none());
        assert!(cut.handle_send(ms(15), C, W, 1, &mut middling).arrivals[0].is_some());
    }

    #[test]
    fn regions_take_half_of_the_round_trip() {
        let span = Span::from_millis;
        let matrix = RegionMatrix {
            regions: vec!["a".into(), "b".into()],
            round_trip: vec![vec![span(2), span(30)], vec![span(50), span(4)]],
        };
        let latency =
            Latency::Regions { matrix: Arc::new(matrix), jitter: Distribution::constant(Span::from_millis(1)) };
        let link = LinkSetup { latency, loss: 0.0, duplication: 0.0 };
        let placement = Placement { workflow: &["a".into()], capability: &["a".into(), "b".into()] };
        let regional = NetworkSetup { request: link.clone(), response: link, ..setup() };
        let mut network = Network::new(&regional, placement, 1, 3);
        let mut latency = |from, to| network.handle_send(ms(0), from, to, 1, &mut middling).arrivals[0];
        assert_eq!(latency(W, C), Some(ms(16)));
        assert_eq!(latency(C, W), Some(ms(26)));
        assert_eq!(latency(W, Node::Capability(2)), Some(ms(2)));
    }
}
