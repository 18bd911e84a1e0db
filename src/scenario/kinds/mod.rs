//! The registry of kinds of values. A key of the schema points at its kind, and all else asks the kind: what a text means
//! and what is wrong with it, how a value is printed and shown on an axis, what editors and people are told of it.
//!
//! To add a kind:
//! 1. write `kinds/x.rs`, with the names in `prelude`: a type that implements [`Kind`] (what it is and how it is read;
//!    `measure` if it has an order);
//! 2. implement [`Meaning`] for what its values are, unless another kind has such values, and [`FromValue`] for the types of
//!    the simulation that they become;
//! 3. add `mod x;` and a line to the list of [`KINDS`], by which the tests find it;
//! 4. point keys of the schema at it.

mod agreement;
mod choice;
mod count;
mod distribution;
mod faulty_nodes;
mod file;
mod flag;
mod holders;
pub(super) mod json;
mod kind;
mod lowering;
mod measure;
mod names;
mod number;
mod parameter;
mod prelude;
mod quantity;
mod rate;
mod rule_sets;
#[cfg(test)]
mod tests;
mod text;

pub(super) use agreement::{Agreement, AgreementLatency};
pub(super) use choice::{Choice, EXPIRY, GROWTH, OBSERVATION, READ, SAFETY, SCHEDULE, STRATEGY, TIES};
pub(super) use count::{Count, MAX_NODES};
pub(super) use distribution::{DISTRIBUTION, FORMS, Form, LATENCY, SKEW};
pub(super) use faulty_nodes::Faulty;
pub(super) use flag::Flag;
pub(super) use holders::Holders;
pub(super) use kind::{FromValue, Kind, Value, quote};
pub(super) use lowering::Lowering;
pub(super) use measure::Measure;
pub(super) use names::{Names, Nodes, Selector};
pub(super) use number::{CONFIDENCE, HALF_WIDTH, PROBABILITY};
pub(super) use parameter::Parameter;
pub(super) use quantity::{BANDWIDTH, POSITIVE_TIME, SIZE, TIME, amount};
pub(super) use rate::Rate;
pub(super) use rule_sets::NodeRules;
pub(crate) use text::is_name;
pub(super) use text::{Name, Text};

/// Every kind, with some bounds where it has such.
#[cfg(test)]
pub(super) const KINDS: &[&dyn Kind] = &[
    &Count { min: 1, max: MAX_NODES },
    &Agreement,
    &PROBABILITY,
    &CONFIDENCE,
    &HALF_WIDTH,
    &number::EXPONENT,
    &Flag,
    &Text { may_be_empty: true },
    &Text { may_be_empty: false },
    &Name,
    &TIME,
    &POSITIVE_TIME,
    &SIZE,
    &BANDWIDTH,
    &DISTRIBUTION,
    &SKEW,
    &LATENCY,
    &Holders,
    &NodeRules,
    &Faulty,
    &Choice(&["some", "word"]),
    &Rate,
    &Names,
    &Nodes,
    &file::FILE,
];

/// The parameters of all inline tables.
pub(super) const PARAMETERS: [Parameter; 11] = {
    use distribution::{ALPHA, ANY_FILE, JITTER, MAX, MEAN, MIN, P50, P99, VALUE};
    [VALUE, MIN, MAX, MEAN, P50, P99, ALPHA, holders::AGREE, faulty_nodes::EACH, JITTER, ANY_FILE]
};

/// The kind of a parameter of an inline table.
pub(super) fn parameter(name: &str) -> Option<&'static dyn Kind> {
    PARAMETERS.iter().find(|parameter| parameter.name == name).map(|parameter| parameter.kind)
}
