//! Who cannot reach whom, and when.

use super::Node;
use crate::engine::{Time, Window};

/// A set of nodes: one side of a partition or a cut.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeSet {
    /// Indices of workflow nodes.
    pub workflow: Vec<u32>,
    /// Indices of capability nodes.
    pub capability: Vec<u32>,
}

impl NodeSet {
    /// Nodes in it.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.workflow.len() + self.capability.len()
    }

    /// Whether nobody is in it.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether `node` is in it.
    #[must_use]
    pub fn contains(&self, node: Node) -> bool {
        match node {
            Node::Workflow(at) => self.workflow.contains(&at),
            Node::Capability(at) => self.capability.contains(&at),
        }
    }
}

/// Something that stops messages for a while, by its place in the setup's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Barrier {
    /// A partition.
    Partition(usize),
    /// A one-way cut.
    Cut(usize),
    /// The transport's limit on the size of a message: it never leaves its sender.
    TooLarge,
}

/// Nothing passes between `nodes` and the rest while it lasts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partition {
    /// One side.
    pub nodes: NodeSet,
    /// When.
    pub window: Window,
}

impl Partition {
    pub(super) fn stops(&self, from: Node, to: Node, departs: Time) -> bool {
        self.window.contains(departs) && self.nodes.contains(from) != self.nodes.contains(to)
    }
}

/// Nothing passes from one set to the other while it lasts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Senders.
    pub from: NodeSet,
    /// Receivers.
    pub to: NodeSet,
    /// When.
    pub window: Window,
}

impl Cut {
    pub(super) fn stops(&self, from: Node, to: Node, departs: Time) -> bool {
        self.window.contains(departs) && self.from.contains(from) && self.to.contains(to)
    }
}
