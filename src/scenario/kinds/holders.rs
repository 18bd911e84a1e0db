//! Payload holders.

use super::count::{Count, MAX_NODES};
use super::json;
use super::number::PROBABILITY;
use super::parameter::{Parameter, inline_table};
use super::prelude::*;
use crate::sim::PayloadHolders;

#[derive(Debug)]
pub(in super::super) struct Holders;

/// Their number, where it is one.
const NUMBER: Count = Count { min: 0, max: MAX_NODES };

/// Their probability, where there is one.
pub(super) const AGREE: Parameter = Parameter::new("agree", &PROBABILITY);

impl Kind for Holders {
    fn about(&self) -> About {
        let agree = inline_table(None, "Every node holds it with this probability, on its own.", &[AGREE]);
        let schema = json!({ "oneOf": [{ "enum": ["f+1", "all"] }, NUMBER.about().schema, agree] });
        let words = "`\"f+1\"`, `\"all\"`, a number of nodes, or `{ agree = probability }`";
        About::new("holders", words, "{ agree = 0.8 }", schema)
    }

    fn read(&self, lowering: &mut Lowering<'_>, key: &str, node: &Node) -> Option<Value> {
        const EXPECTED: &str = "\"f+1\", \"all\", a number of nodes, or a table such as { agree = 0.8 }";
        Some(Arc::new(match &node.raw {
            Raw::Text(text) if text == "f+1" => PayloadHolders::FPlusOne,
            Raw::Text(text) if text == "all" => PayloadHolders::All,
            Raw::Integer(_) => PayloadHolders::Count(u32::from_value(Some(&*NUMBER.read(lowering, key, node)?))),
            Raw::Table(entries) => {
                let entries: Vec<_> = entries.iter().collect();
                let agree = lowering.parameters(key, node, &entries, &[AGREE])?;
                PayloadHolders::Agree(f64::from_value(agree.first().map(AsRef::as_ref)))
            }
            _ => return lowering.wrong_type(key, node, EXPECTED),
        }))
    }

    /// That of their number.
    fn measure(&self) -> Option<Measure> {
        Some(Measure::Count)
    }

    fn table(&self) -> Option<&'static str> {
        Some("a table, such as { agree = 0.8 }")
    }

    fn definitions(&self) -> Vec<(String, Json)> {
        let agree = json::closed(&json!({ "agree": AGREE.kind.axis() }));
        let numbers = json::range(&NUMBER.about().schema, Measure::Count);
        vec![("axis.holders".into(), json!({ "oneOf": [json::values(&self.about().schema), agree, numbers] }))]
    }
}

impl Meaning for PayloadHolders {
    fn axis_value(&self) -> AxisValue {
        match self {
            Self::FPlusOne => AxisValue::word("f+1"),
            Self::All => AxisValue::word("all"),
            Self::Count(count) => AxisValue::plain(f64::from(*count)),
            Self::Agree(probability) => AxisValue::word(format!("agree({probability})")),
        }
    }

    fn print(&self, _: FileNames) -> String {
        match self {
            Self::FPlusOne | Self::All => quote(&self.axis_value().text),
            Self::Count(count) => count.to_string(),
            Self::Agree(probability) => format!("{{ agree = {probability} }}"),
        }
    }

    fn part(&self, name: &str) -> Option<Value> {
        match self {
            Self::Agree(probability) if name == "agree" => Some(Arc::new(*probability)),
            _ => None,
        }
    }
}

impl FromValue for PayloadHolders {
    fn from_value(value: Option<&dyn Meaning>) -> Self {
        downcast(value).copied().unwrap_or(Self::FPlusOne)
    }
}
