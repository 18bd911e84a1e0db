//! Faults of a setup: which there are, who has them, when and towards whom.
//!
//! One of the two circles of the house: a fault's behaviour acts on requests and OCR3 messages, which are made from a
//! [`Setup`](super::Setup), which lists its faults.

use crate::engine::Window;

use super::faults::effect::{Bearer, Effect};
use super::faults::{Behaviour, Definition, FAULTS, Side, Value, Values};

/// A fault on some nodes of one DON.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::{Fault, FaultKind, FaultReport, FaultyNodes, ReplicateCache, Side, simulate};
///
/// let silent = FaultKind::named("silent", []);
/// assert_eq!((silent.name(), silent.side()), ("silent", Side::Capability));
/// let some = Fault::each(silent.clone(), 0.01);
/// assert_eq!((some.nodes, some.nodes.given()), (FaultyNodes::Each(0.01), 0), "chance decides how many");
///
/// let mut setup = Scenario::parse("mine.toml".as_ref(), "schema = 1\n".to_owned(), &[])?.cell(0).setup;
/// setup.faults = vec![Fault::new(silent, 2, Some(1))];
/// let [FaultReport { fired, holder_shortfall: 0 }] =
///     simulate(&setup, 0, &mut ReplicateCache::new(setup.run.seed)).faults[..]
/// else {
///     panic!("one report a fault")
/// };
/// assert_eq!(fired, 2 * u64::from(setup.workflow_don.nodes), "two nodes keep silent towards everybody");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// Kind, with the values of its parameters.
    pub kind: FaultKind,
    /// How many.
    pub nodes: FaultyNodes,
    /// How many of them hold the payload; any when absent. Without meaning for workflow nodes.
    pub holders: Option<u32>,
    /// When they do it.
    pub window: Window,
    /// How likely they do it each time. Without meaning for a crash, which is no single action.
    pub probability: f64,
    /// To how many nodes of the other DON they do it; to all when absent. Without meaning for a crash.
    pub targets: Option<u32>,
    /// Whether they may be nodes that other faults have too; faults of one node act one after the other.
    pub overlap: bool,
}

impl Fault {
    /// A fault that always acts, towards everybody.
    #[must_use]
    pub fn new(kind: FaultKind, nodes: u32, holders: Option<u32>) -> Self {
        let nodes = FaultyNodes::Count(nodes);
        Self { kind, nodes, holders, window: Window::ALWAYS, probability: 1.0, targets: None, overlap: false }
    }

    /// A fault that always acts, towards everybody, of every node with this probability.
    #[must_use]
    pub fn each(kind: FaultKind, probability: f64) -> Self {
        Self { nodes: FaultyNodes::Each(probability), ..Self::new(kind, 0, None) }
    }
}

/// Number of nodes that have a fault.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::FaultyNodes;
///
/// let text = "schema = 1\nfaults.crash = [{ nodes = 2 }, { nodes = { each = 0.01 } }]\n".to_owned();
/// let setup = Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup;
/// let nodes = [FaultyNodes::Count(2), FaultyNodes::Each(0.01)];
/// assert!(setup.faults.iter().map(|fault| fault.nodes).eq(nodes));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FaultyNodes {
    /// So many.
    Count(u32),
    /// Each with this probability, on its own.
    Each(f64),
}

impl FaultyNodes {
    /// Most nodes that may have it, of so many.
    pub(crate) fn most(self, nodes: u32) -> u32 {
        match self {
            Self::Count(count) => count,
            Self::Each(probability) => {
                if probability > 0.0 {
                    nodes
                } else {
                    0
                }
            }
        }
    }

    /// Their number, where it is given; none where chance decides.
    #[must_use]
    pub const fn given(self) -> u32 {
        match self {
            Self::Count(count) => count,
            Self::Each(_) => 0,
        }
    }
}

/// A kind of fault with values of its parameters. All about it stands in its file in `src/sim/faults/`.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::{FaultKind, Side, Value};
///
/// let text = "schema = 1\nfaults.duplicate_answers = [{ nodes = 1, copies = 3 }]\n".to_owned();
/// let setup = Scenario::parse("mine.toml".as_ref(), text, &[])?.cell(0).setup;
/// assert_eq!(setup.faults[0].kind, FaultKind::named("duplicate_answers", [Value::Count(3)]));
/// assert_eq!(FaultKind::named("caller_silent", []).side(), Side::Workflow);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct FaultKind {
    definition: &'static Definition,
    values: Values,
}

impl PartialEq for FaultKind {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name() && self.values == other.values
    }
}

impl FaultKind {
    /// A kind of fault with values for all its parameters, in their order.
    pub(crate) const fn new(definition: &'static Definition, values: Values) -> Self {
        Self { definition, values }
    }

    /// The kind of this name with these values of its parameters, in their order.
    ///
    /// # Panics
    /// When there is none of this name, or the number of its parameters is another.
    #[must_use]
    pub fn named<const N: usize>(name: &str, values: [Value; N]) -> Self {
        let definition = FAULTS.iter().find(|fault| fault.name == name).expect("a fault of this name");
        assert_eq!(definition.parameters.len(), N, "parameters of {name}");
        Self { definition, values: Values(values.into()) }
    }

    /// Its name in a scenario file.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.definition.name
    }

    /// Whose nodes have it.
    #[must_use]
    pub const fn side(&self) -> Side {
        self.definition.side
    }

    /// Whether its nodes are down as long as it lasts.
    pub(crate) const fn is_outage(&self) -> bool {
        self.definition.is_outage
    }

    /// Whether it acts on OCR3 messages.
    pub(crate) const fn is_in_rounds(&self) -> bool {
        self.definition.is_in_rounds
    }

    /// What a node that has it does, as closed forms reckon with it.
    pub(crate) fn effect(&self, bearer: Bearer) -> Effect {
        (self.definition.effect)(&self.values, bearer)
    }

    /// Keys its draws.
    pub(super) const fn draw_key(&self) -> u32 {
        self.definition.draw_key
    }

    pub(super) fn behaviour(&self) -> Behaviour {
        (self.definition.behaviour)(&self.values)
    }
}
