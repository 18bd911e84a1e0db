//! The same request in two worlds, side by side on one time scale, with the first difference marked.

use crate::engine::Time;
use crate::report::diagram::{Clock, Story};

use super::super::prelude::*;
use super::{AXIS, Caption, MARGIN, Panel, RequestDiagram, draw, text};

/// Between two panels.
const GAP: f64 = 50.0;

/// Two stories to be seen beside each other, each with its name.
#[derive(Clone, Copy, Debug)]
pub struct Beside<'a> {
    /// The one at the left.
    pub left: (&'a Story, &'a Caption),
    /// The one at the right.
    pub right: (&'a Story, &'a Caption),
    /// Instant in which they begin to differ.
    pub differs: Option<Time>,
}

impl Beside<'_> {
    /// The picture.
    #[must_use]
    pub fn draw(&self) -> RequestDiagram {
        let left = Panel::new(self.left.0, &self.left.1.name, MARGIN + AXIS);
        let right = Panel::new(self.right.0, &self.right.1.name, left.right() + GAP);
        let title = format!("{} · {}", text::title(self.left.0), text::title(self.right.0));
        let difference = self.differs.map(Difference);
        RequestDiagram(draw(&title, &self.left.1.facts, &[left, right], difference.as_ref()))
    }
}

/// Instant in which two worlds begin to differ.
pub(super) struct Difference(Time);

impl Difference {
    pub(super) fn line(&self, scene: &mut Scene, clock: &Clock, (left, right): (f64, f64)) {
        let y = clock.at(self.0);
        scene.line(&[(left, y), (right, y)], 3.0, YELLOW);
    }
}
