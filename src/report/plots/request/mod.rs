//! One request as a picture: time runs down, the caller and the capability nodes are lanes, messages are slanted arrows
//! from the instant in which they are sent to that in which they arrive. What a lane has no room for stands beside it:
//! at the left of the caller what it makes of each message, at the right how the capability DON agrees.

mod beside;
mod key;
mod lane;
mod text;

use crate::engine::Time;
use crate::report::diagram::{Clock, Lane, Note, Reach, Stage, Story, lanes};

use super::PlotError;
use super::prelude::*;
use super::{inline, png_image, svg};

const MARGIN: f64 = 40.0;
/// Room for the time axis, its labels and the marks of its breaks.
const AXIS: f64 = 112.0;
/// From the caller to the first capability node, in pitches: here slants are steepest.
const STEP: f64 = 1.6;
/// Room for texts about the agreement.
const STAGES: f64 = 360.0;
/// Notes up to which they reach no farther to become one.
const MOST_NOTES: [(Reach, usize); 2] = [(Reach::Instant, 16), (Reach::Row, 30)];
const LINE: f64 = 22.0;
/// Height of the picture's time, without breaks.
const SHORTEST: f64 = 560.0;
const LONGEST: f64 = 1500.0;

/// A request at a caller, drawn.
#[derive(Clone, Debug)]
pub struct RequestDiagram {
    scene: Scene,
    /// Shapes of the head, and where that ends: a page has title and facts as text.
    head: (usize, f64),
    pub(in crate::report) title: String,
    pub(in crate::report) facts: Vec<String>,
    /// All that happens at the caller, by the name of the panel, for those who do not see it.
    pub(in crate::report) words: Vec<(String, Vec<String>)>,
}

impl RequestDiagram {
    /// The picture of one story; `subtitle` says scenario, cell, replicate and the like.
    pub fn new(story: &Story, subtitle: &str) -> Self {
        let facts = vec![subtitle.to_owned()];
        let [notes] = notes([story], None);
        draw(
            text::title(story),
            facts,
            &[Panel::new((story, notes, lanes(story, ALONE.lanes)), "", MARGIN + AXIS, ALONE)],
            None,
        )
    }

    /// As SVG.
    pub fn svg(&self) -> Result<String, PlotError> {
        svg::render(&self.scene)
    }

    /// As PNG at twice the size.
    pub fn png(&self) -> Result<Vec<u8>, PlotError> {
        png_image::render(&self.scene)
    }

    /// As part of a page that has title and facts itself, and says in the element with the id `description` what is shown.
    pub(in crate::report) fn inline(&self, description: &str) -> String {
        let (shapes, top) = self.head;
        let body = Scene { shapes: self.scene.shapes[shapes..].to_vec(), ..self.scene.clone() };
        inline::render(&body, top, &self.title, description)
    }

    /// Width of the picture.
    pub(in crate::report) const fn width(&self) -> f64 {
        self.scene.size.0
    }
}

/// Room that a panel takes.
#[derive(Clone, Copy)]
struct Measures {
    /// Width of texts at the caller.
    notes: f64,
    /// From one capability node to the next, where their heads are not wider.
    pitch: f64,
    /// Lanes of capability nodes; more nodes are bundled.
    lanes: usize,
}

const ALONE: Measures = Measures { notes: 400.0, pitch: 112.0, lanes: 8 };
const ONE_OF_TWO: Measures = Measures { notes: 330.0, pitch: 96.0, lanes: 7 };

/// A story with its places across the picture.
struct Panel<'a> {
    story: &'a Story,
    measures: Measures,
    stages: &'a [Stage],
    heading: &'a str,
    left: f64,
    notes: Vec<Note>,
    lanes: Vec<Lane>,
    /// Widths of the lanes' heads.
    heads: Vec<f64>,
}

impl<'a> Panel<'a> {
    fn new(
        (story, notes, lanes): (&'a Story, Vec<Note>, Vec<Lane>),
        heading: &'a str,
        left: f64,
        measures: Measures,
    ) -> Self {
        let least = measures.pitch - lane::BETWEEN_HEADS;
        let heads = lanes.iter().map(|lane| lane::widest_word(lane).max(least)).collect();
        Self { story, measures, stages: &story.stages, heading, left, notes, lanes, heads }
    }

    /// Whether each node has a lane of its own.
    fn is_single(&self) -> bool {
        self.lanes.len() == self.story.nodes.len()
    }

    /// Place of the caller.
    fn caller(&self) -> f64 {
        self.left + self.measures.notes + 64.0
    }

    /// Place of a lane.
    fn lane(&self, at: usize) -> f64 {
        let steps = self.heads.windows(2).take(at).map(|pair| f64::midpoint(pair[0], pair[1]) + lane::BETWEEN_HEADS);
        self.caller() + self.measures.pitch * STEP + steps.sum::<f64>()
    }

    /// Place of the last lane.
    fn last(&self) -> f64 {
        self.lane(self.lanes.len().saturating_sub(1))
    }

    /// Right end of what lies behind the lanes.
    fn ground(&self) -> f64 {
        if self.stages.is_empty() { self.last() + 30.0 } else { self.agreement() + 28.0 }
    }

    /// Place of the agreement.
    fn agreement(&self) -> f64 {
        self.last() + self.measures.pitch * 0.75
    }

    fn right(&self) -> f64 {
        if self.stages.is_empty() { self.agreement() } else { self.agreement() + STAGES }
    }

    /// Height of all texts that stand in one column.
    fn texts(&self) -> f64 {
        let notes: f64 = self.notes.iter().map(|note| text::height(&note.text(), self.measures.notes)).sum();
        let stages: f64 = self.stages.iter().map(|stage| text::height(&stage.words, lane::STAGE_ROOM)).sum();
        notes.max(stages)
    }
}

/// Notes of stories that are drawn on one time scale, none bundled farther than all have to be for want of room, and none across
/// the instant in which the stories part.
fn notes<const N: usize>(stories: [&Story; N], parting: Option<Time>) -> [Vec<Note>; N] {
    let within = |reach| stories.map(|story| Note::bundled(&story.notes, reach, parting));
    for (reach, most) in MOST_NOTES {
        let notes = within(reach);
        if notes.iter().all(|notes| notes.len() <= most) {
            return notes;
        }
    }
    within(Reach::Kind)
}

/// The picture of panels side by side, on one time scale, with a line of its own for each of `facts`; `difference` is
/// the instant in which they part.
fn draw(title: String, facts: Vec<String>, panels: &[Panel<'_>], difference: Option<Time>) -> RequestDiagram {
    let right = panels.iter().map(Panel::right).fold(1160.0, f64::max);
    let mut scene = Scene::default();
    let top = text::head(&mut scene, &title, &facts, right - MARGIN);
    let head = (scene.shapes.len(), top - LINE);
    let top = panels.iter().map(|panel| lane::heads(&mut scene, panel, top)).fold(top, f64::max);
    let clock = clock(panels, top + 24.0);
    text::axis(&mut scene, &clock);
    let mut bottom = clock.bottom();
    for panel in panels {
        lane::ground(&mut scene, panel, &clock);
    }
    for (panel, at) in panels.iter().zip(difference.into_iter().cycle()) {
        beside::mark(&mut scene, &clock, at, panel);
    }
    for panel in panels {
        lane::draw(&mut scene, panel, &clock, top);
        bottom = bottom.max(text::notes(&mut scene, panel, &clock, top));
        bottom = bottom.max(lane::stages(&mut scene, panel, &clock, top));
    }
    let bottom = key::draw(&mut scene, panels, &clock, bottom + 40.0, right);
    scene.size = (right + MARGIN, bottom + MARGIN);
    let words = panels.iter().map(|panel| (panel.heading.to_owned(), text::words(panel))).collect();
    RequestDiagram { scene, head, title, facts, words }
}

/// Time scale of all panels.
fn clock(panels: &[Panel<'_>], top: f64) -> Clock {
    let instants = panels.iter().flat_map(|panel| panel.story.instants(panel.is_single())).collect();
    let spans: Vec<_> = panels.iter().flat_map(|panel| panel.story.spans()).collect();
    let texts = panels.iter().map(Panel::texts).fold(0.0, f64::max);
    let end = panels.iter().map(|panel| panel.story.ended.as_ref().map(|(at, _, _)| *at)).max().flatten();
    Clock::new(&instants, &spans, end, (top, texts.clamp(SHORTEST, LONGEST)))
}

#[cfg(test)]
mod tests;
