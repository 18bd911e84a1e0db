//! `true` or `false`.

use super::prelude::*;

#[derive(Debug)]
pub(in super::super) struct Flag;

impl Kind for Flag {
    fn about(&self) -> About {
        About::new("flag", "`true` or `false`", "true", json!({ "type": "boolean" }))
    }

    fn read(&self, lowering: &mut Lowering<'_>, key: &str, node: &Node) -> Option<Value> {
        match node.raw {
            Raw::Flag(flag) => Some(Arc::new(flag)),
            _ => lowering.wrong_type(key, node, "true or false"),
        }
    }
}

plain_meaning!(bool: flag => AxisValue::word(flag.to_string()));
from_value!(bool);
