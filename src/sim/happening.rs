//! The typed stream of everything that happens in a replicate. Whoever wants to know listens: the byte ledger, the
//! oracle, the counters of faults, `donsim replay`, tests. Nodes and the world that routes between them know none of
//! the listeners, and nothing is kept for one that nobody asked for.

use std::rc::Rc;

use crate::aggregator::{Decision, Verdict};
use crate::engine::{Span, Time};
use crate::network::{Barrier, Node};

use super::failure_cause::FailureCause;
use super::message::Message;
use super::outcome::Bytes;
use super::rounds::OcrHappening;

/// One thing that happens.
///
/// ```
/// use donsim::network::Node;
/// use donsim::scenario::Scenario;
/// use donsim::sim::{Happening, ReplicateCache, replay};
///
/// let setup = Scenario::parse("mine.toml".as_ref(), "schema = 1\n".to_owned(), &[])?.cell(0).setup;
/// let (_, happenings) = replay(&setup, 0, &mut ReplicateCache::new(setup.run.seed));
/// let Happening { request: Some(0), node: Some(Node::Workflow(_)), peer: None, .. } = happenings[0] else {
///     panic!("first, a workflow node starts the request")
/// };
/// assert!(happenings.is_sorted_by_key(|happening| happening.time));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Happening {
    /// Virtual time.
    pub time: Time,
    /// Number of the request that it belongs to; `None` for what an OCR3 round does about all of its requests.
    pub request: Option<u32>,
    /// Node that does it or has it done to it; `None` for the capability DON as a whole.
    pub node: Option<Node>,
    /// Node at the other end.
    pub peer: Option<Node>,
    /// Kind of happening, with all that belongs to it.
    pub what: What,
}

impl Happening {
    /// Whether `node` is at one of its ends.
    pub(crate) fn is_about(&self, node: Node) -> bool {
        self.node == Some(node) || self.peer == Some(node)
    }
}

/// Kinds of happenings.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::{ReplicateCache, What, replay};
///
/// let text = "schema = 1\nnetwork.response.loss = 1\n".to_owned();
/// let setup = Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup;
/// let (_, happenings) = replay(&setup, 0, &mut ReplicateCache::new(setup.run.seed));
/// let count = |is_it: fn(&What) -> bool| happenings.iter().filter(|happening| is_it(&happening.what)).count();
/// assert_eq!(count(|what| matches!(what, What::Answering { .. })), 16 * 4, "every node answers every caller");
/// assert_eq!(count(|what| matches!(what, What::Judged { .. })), 0, "and nobody hears of it");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// A workflow node starts a request.
    Started {
        /// Instant in which it gives up.
        deadline: Time,
    },
    /// A message leaves the node's uplink for the peer.
    Sent {
        /// The message.
        message: Rc<Message>,
        /// Its bytes on the line, by cause.
        bytes: Bytes,
        /// Instants in which its copies reach the receiver's downlink; none when it is lost, two when the network
        /// doubles it.
        arrivals: [Option<Time>; 2],
        /// Partition or cut that stopped it.
        barrier: Option<Barrier>,
    },
    /// A message is through the node's downlink.
    Delivered {
        /// The message.
        message: Rc<Message>,
    },
    /// The node has heard the peer too often and drops a message of it.
    Refused {
        /// The message.
        message: Rc<Message>,
    },
    /// A capability node is down, or was since it knew what it would need to know now.
    Down {
        /// Number of the fault in the setup.
        fault: usize,
    },
    /// A fault acts on what the node sends to, or receives from, the peer.
    FaultActed {
        /// Number of the fault in the setup.
        fault: usize,
        /// Name of its kind.
        name: &'static str,
    },
    /// A capability node does not take the peer's request: it is down, or throws it away.
    Missed,
    /// A capability node takes the peer's request.
    Asked {
        /// Workflow nodes that have asked by now.
        requesters: usize,
        /// Workflow nodes that have to ask before it executes.
        needed: usize,
    },
    /// A capability node drops a second request of the peer.
    Repeated,
    /// A capability node begins to execute.
    Executing {
        /// Time that it will take.
        takes: Span,
    },
    /// A capability node has its observation.
    Observed {
        /// Whether it is the payload that the DON agrees on.
        holds: bool,
    },
    /// A quorum has observed, OCR begins.
    Agreeing {
        /// Time that it will take.
        takes: Span,
    },
    /// A quorum has observed, and too few observed the same.
    NothingAgreed,
    /// The attested report is there, at every node.
    Reported,
    /// Something of the OCR3 rounds.
    Ocr(OcrHappening),
    /// A capability node answers the peer, its faults included.
    Answering {
        /// Right answers among those that will leave.
        right: u32,
        /// Whether a fault acted on them.
        faulty: bool,
    },
    /// A delayed answer does not leave, for its node is down.
    Dropped {
        /// Whether it was right.
        right: bool,
    },
    /// A workflow node's aggregator judges the peer's answer.
    Judged {
        /// The answer.
        message: Rc<Message>,
        /// The aggregator's verdict.
        verdict: Verdict,
    },
    /// A workflow node does not look at the peer's answer.
    Unread {
        /// The answer.
        message: Rc<Message>,
        /// Whether a message has crashed the node; otherwise it has decided before.
        dead: bool,
    },
    /// A workflow node's aggregator has decided.
    Decided {
        /// The decision.
        decision: Decision,
    },
    /// A message has crashed a workflow node.
    Crashed,
    /// The oracle finds that the request cannot succeed any more at the node.
    Unreachable {
        /// Why.
        cause: FailureCause,
    },
}

/// Somebody who wants to know everything that happens.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::{Happening, Listener, RealAggregators, ReplicateCache, What, simulate, simulate_with};
///
/// #[derive(Default)]
/// struct Decisions(usize);
///
/// impl Listener for Decisions {
///     fn hear(&mut self, happening: &Happening) {
///         self.0 += usize::from(matches!(happening.what, What::Decided { .. }));
///     }
/// }
///
/// let setup = Scenario::parse("mine.toml".as_ref(), "schema = 1\n".to_owned(), &[])?.cell(0).setup;
/// let (mut cache, mut decisions) = (ReplicateCache::new(setup.run.seed), Decisions::default());
/// let heard = simulate_with(&setup, 0, &mut cache, &RealAggregators, Some(&mut decisions));
/// assert_eq!(decisions.0, heard.rows.len());
/// assert_eq!(heard, simulate(&setup, 0, &mut cache), "listening changes nothing");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Listener {
    /// Takes the next happening; times never fall.
    fn hear(&mut self, happening: &Happening);
}

impl Listener for Vec<Happening> {
    fn hear(&mut self, happening: &Happening) {
        self.push(happening.clone());
    }
}
