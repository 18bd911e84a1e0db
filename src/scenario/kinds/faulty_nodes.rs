//! Nodes that have a fault: their number, or a probability per node.

use super::count::{Count, MAX_NODES};
use super::json;
use super::number::PROBABILITY;
use super::parameter::{Parameter, inline_table};
use super::prelude::*;
use crate::sim::FaultyNodes;

/// A number, or `{ each = probability }`.
#[derive(Debug)]
pub(in super::super) struct Faulty;

/// A probability per node.
#[derive(Clone, Copy, Debug)]
struct Each(f64);

const NUMBER: Count = Count { min: 0, max: MAX_NODES };

/// The probability, where there is one.
pub(super) const EACH: Parameter = Parameter::new("each", &PROBABILITY);

impl Kind for Faulty {
    fn about(&self) -> About {
        let each = inline_table(None, "Every node has it with this probability, on its own.", &[EACH]);
        let number = NUMBER.about();
        let words = format!("{}, or `{{ each = probability }}`", number.words);
        About::new("faulty", words, number.example, json!({ "oneOf": [number.schema, each] }))
    }

    fn read(&self, lowering: &mut Lowering<'_>, key: &str, node: &Node) -> Option<Value> {
        let Raw::Table(entries) = &node.raw else { return NUMBER.read(lowering, key, node) };
        let each = lowering.parameters(key, node, &entries.iter().collect::<Vec<_>>(), &[EACH])?;
        Some(Arc::new(Each(f64::from_value(each.first().map(AsRef::as_ref)))))
    }

    /// That of their number.
    fn measure(&self) -> Option<Measure> {
        NUMBER.measure()
    }

    fn table(&self) -> Option<&'static str> {
        Some("a table, such as { each = 0.01 }")
    }

    fn definitions(&self) -> Vec<(String, Json)> {
        let each = json::closed(&json!({ "each": EACH.kind.axis() }));
        let numbers = json::range(&NUMBER.about().schema, Measure::Count);
        vec![("axis.faulty".into(), json!({ "oneOf": [json::values(&self.about().schema), each, numbers] }))]
    }
}

impl Meaning for Each {
    fn axis_value(&self) -> AxisValue {
        AxisValue::word(format!("each({})", self.0))
    }

    fn print(&self, _: FileNames) -> String {
        format!("{{ each = {} }}", self.0)
    }

    fn part(&self, name: &str) -> Option<Value> {
        (name == EACH.name).then(|| Arc::new(self.0) as Value)
    }
}

impl FromValue for FaultyNodes {
    fn from_value(value: Option<&dyn Meaning>) -> Self {
        downcast(value).map_or_else(|| Self::Count(u32::from_value(value)), |each: &Each| Self::Each(each.0))
    }
}
