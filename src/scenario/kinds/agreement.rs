//! How the capability DON agrees: a distribution of the time that it takes, or the word `round`.

use super::distribution::DISTRIBUTION;
use super::prelude::*;
use crate::engine::Distribution;

/// A distribution, or `"round"`.
#[derive(Debug)]
pub(in super::super) struct Agreement;

/// OCR3 rounds, message by message.
#[derive(Clone, Copy, Debug)]
struct Round;

const ROUND: &str = "round";

impl Kind for Agreement {
    fn about(&self) -> About {
        let latency = DISTRIBUTION.about();
        let schema = json!({ "oneOf": [{ "const": ROUND }, latency.schema] });
        About::new("agreement", "distribution, or `\"round\"`", latency.example, schema)
    }

    fn read(&self, lowering: &mut Lowering<'_>, key: &str, node: &Node) -> Option<Value> {
        match &node.raw {
            Raw::Text(text) if text == ROUND => Some(Arc::new(Round)),
            _ => DISTRIBUTION.read(lowering, key, node),
        }
    }

    fn measure(&self) -> Option<Measure> {
        DISTRIBUTION.measure()
    }

    fn table(&self) -> Option<&'static str> {
        DISTRIBUTION.table()
    }
}

impl Meaning for Round {
    fn axis_value(&self) -> AxisValue {
        AxisValue::word(ROUND)
    }
}

/// Latency of the agreement; `None` for rounds.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct AgreementLatency(pub Option<Distribution>);

impl FromValue for AgreementLatency {
    fn from_value(value: Option<&dyn Meaning>) -> Self {
        let is_round = downcast::<Round>(value).is_some();
        Self((!is_round).then(|| Distribution::from_value(value)))
    }
}
