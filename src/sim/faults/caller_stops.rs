//! `caller_stops`: a workflow node that asks and at once tells all to stop. It harms itself alone.

use super::effect::Effect;
use super::{Behaviour, Definition};

pub(super) const FAULT: Definition = Definition {
    draw_key: 51,
    phrase: "say stop at once",
    behaviour: |_| Behaviour::StopsAtOnce,
    effect: |_, _| Effect::Unknown("what a caller that says stop is sent depends on the response strategy"),
    ..Definition::of_workflow("caller_stops", "Asks, and tells everybody to stop before anybody has answered.")
};
