//! One of a few words.

use super::prelude::*;
use super::text::text;
use crate::sim::{Expiry, Growth, ObservationContent, Read, ResponseStrategy, Safety, Schedule, Ties};

/// One of these words.
#[derive(Debug)]
pub(in super::super) struct Choice(pub &'static [&'static str]);

/// Kinds of choices whose words stand for values of a type; the first stands for what is missing.
macro_rules! choices {
    ($($kind:ident: $type:ident, $words:expr, $values:expr;)+) => {
        $(
            pub(in super::super) const $kind: Choice = Choice(&$words);

            impl FromValue for $type {
                fn from_value(value: Option<&dyn Meaning>) -> Self {
                    let at = $kind.0.iter().position(|word| downcast(value) == Some(word));
                    $values[at.unwrap_or_default()]
                }
            }
        )+
    };
}

choices! {
    SCHEDULE: Schedule, ["all_at_once", "one_at_a_time"], [Self::AllAtOnce, Self::OneAtATime];
    TIES: Ties, ["random", "adversarial"], [Self::Random, Self::Adversarial];
    SAFETY: Safety, ["holds", "violated"], [Self::Holds, Self::Violated];
    OBSERVATION: ObservationContent, ["hash", "payload"], [Self::Hash, Self::Payload];
    STRATEGY: ResponseStrategy, ResponseStrategy::NAMES, Self::ALL;
    GROWTH: Growth, ["linear", "quadratic"], [Self::Linear, Self::Quadratic];
    EXPIRY: Expiry, ["deadline", "published", "graced"], [Self::Deadline, Self::Published, Self::Graced];
    READ: Read, ["pinned", "latest", "agreed_height"], [Self::Pinned, Self::Latest, Self::AgreedHeight];
}

impl Kind for Choice {
    fn about(&self) -> About {
        let quoted = self.0.iter().map(|word| format!("`\"{word}\"`")).collect::<Vec<_>>().join(", ");
        let example = self.0.last().map(|word| quote(word)).unwrap_or_default();
        About::new(format!("choice.{}", self.0.join(".")), quoted, example, json!({ "enum": self.0 }))
    }

    fn read(&self, lowering: &mut Lowering<'_>, key: &str, node: &Node) -> Option<Value> {
        let words = self.0.iter().copied();
        let text = text(lowering, key, node, &format!("one of {}", list(words.clone())))?;
        if let Some(word) = words.clone().find(|word| *word == text) {
            return Some(Arc::new(word));
        }
        let finding = Diagnostic::new(node.at, format!("unknown value of `{key}`")).label("not known here");
        lowering.report(finding.help(did_you_mean(&text, words)))
    }
}

impl Meaning for &'static str {
    fn axis_value(&self) -> AxisValue {
        AxisValue::word(*self)
    }
}

from_value!(&'static str);
