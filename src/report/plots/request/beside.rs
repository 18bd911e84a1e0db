//! The same request in two worlds, side by side on one time scale, with the first difference marked.

use crate::engine::Time;
use crate::report::diagram::{Clock, Difference, Story, lanes, millis, same_lanes};

use super::super::prelude::*;
use super::{AXIS, MARGIN, ONE_OF_TWO, Panel, RequestDiagram, draw, notes, text};

/// Between two panels.
const GAP: f64 = 50.0;

impl RequestDiagram {
    /// The picture of two stories beside each other, each with a name; `difference` is where they part.
    pub fn beside(sides: [(&str, &Story); 2], subtitle: &str, difference: Option<&Difference>) -> Self {
        let stories = sides.map(|(_, story)| story);
        let [left_notes, right_notes] = notes(stories, difference.map(|difference| difference.at));
        let [left_lanes, right_lanes] = if stories[0].nodes.keys().eq(stories[1].nodes.keys()) {
            same_lanes(stories, ONE_OF_TWO.lanes)
        } else {
            stories.map(|story| lanes(story, ONE_OF_TWO.lanes))
        };
        let mut left = Panel::new((stories[0], left_notes, left_lanes), sides[0].0, MARGIN + AXIS, ONE_OF_TWO);
        if sides[0].1.stages == sides[1].1.stages {
            // What is the same for both is told once.
            left.stages = &[];
        }
        let right = Panel::new((stories[1], right_notes, right_lanes), sides[1].0, left.right() + GAP, ONE_OF_TWO);
        let titles = sides.map(|(_, story)| text::title(story));
        let title = if titles[0] == titles[1] { titles[0].clone() } else { titles.join(font::SEPARATOR) };
        let mut facts = vec![subtitle.to_owned()];
        facts.extend(difference.map_or_else(|| vec!["both are alike".to_owned()], words));
        draw(title, facts, &[left, right], difference.map(|difference| difference.at))
    }
}

/// The difference in words.
fn words(difference: &Difference) -> Vec<String> {
    let side = |name: &str, what: &Option<String>| format!("{name}: {}", what.as_deref().unwrap_or("nothing more"));
    let [left, right] = &difference.happens;
    let first = format!("first difference (yellow line): {}", millis(difference.at));
    vec![first, side("left", left), side("right", right)]
}

/// Marks the instant in which two worlds part.
pub(super) fn mark(scene: &mut Scene, clock: &Clock, at: Time, panel: &Panel<'_>) {
    let y = clock.at(at);
    scene.line(&[(panel.caller() - 8.0, y), (panel.ground(), y)], 9.0, YELLOW);
}
