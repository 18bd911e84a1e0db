//! One of a few words, as it is written.

use super::choice;
use super::prelude::*;

/// One of these words.
#[derive(Debug)]
pub(in super::super) struct Word(pub &'static [&'static str]);

impl Kind for Word {
    fn about(&self) -> About {
        choice::about(self.0)
    }

    fn read(&self, lowering: &mut Lowering<'_>, key: &str, node: &Node) -> Option<Value> {
        let at = choice::position(lowering, key, node, self.0)?;
        Some(Arc::new(self.0[at]))
    }
}

impl Meaning for &'static str {
    fn axis_value(&self) -> AxisValue {
        AxisValue::word(*self)
    }
}

from_value!(&'static str);
