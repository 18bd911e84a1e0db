//! What the symbols mean: of those that the picture has.

use crate::report::diagram::{Clock, Doing, Gist, Kind, Mark, Passage, Step, Stretch, bytes};

use super::super::prelude::*;
use super::lane::{color, cross, dash, decision, shade, stamp, tone, width};
use super::{MARGIN, Panel};

const LINE: f64 = 30.0;
const SAMPLE: f64 = 44.0;

/// A sample of something, and what it is.
enum Sample {
    Message(Kind),
    Line(RGBColor, f64),
    Cross,
    Bar(Doing),
    Mark(Mark),
    Stage(Step),
    Decision(Gist),
    Dashed(RGBColor),
    Break,
}

/// The key below a picture, wrapped at `right`; returns where it ends.
pub(super) fn draw(scene: &mut Scene, panels: &[Panel<'_>], clock: &Clock, top: f64, right: f64) -> f64 {
    let mut at = (MARGIN, top);
    for (sample, text) in entries(panels, clock) {
        let text = Text::new(text);
        let wide = SAMPLE + text.width() + 28.0;
        if at.0 > MARGIN && at.0 + wide - 28.0 > right {
            at = (MARGIN, at.1 + LINE);
        }
        sample.draw(scene, at);
        scene.text((at.0 + SAMPLE, at.1 + 6.5), text);
        at.0 += wide;
    }
    at.1
}

fn entries(panels: &[Panel<'_>], clock: &Clock) -> Vec<(Sample, String)> {
    let mut entries = of_messages(panels);
    entries.extend(of_nodes(panels));
    entries.extend(of_ends(panels));
    entries.extend(of_time(clock));
    entries
}

fn of_messages(panels: &[Panel<'_>]) -> Vec<(Sample, String)> {
    let messages = || panels.iter().flat_map(|panel| &panel.story.messages);
    let mut entries = Vec::new();
    let kinds = Kind::ALL.into_iter().filter(|kind| messages().any(|way| way.kind == *kind));
    entries.extend(kinds.map(|kind| (Sample::Message(kind), kind.name().to_owned())));
    for (number, size) in sizes(messages()).into_iter().enumerate() {
        let words = if number == 0 { "line width: " } else { "" };
        entries.push((Sample::Line(MUTED, width(size)), format!("{words}{}", bytes(size))));
    }
    if messages().any(|way| way.fate.is_lost()) {
        entries.push((Sample::Cross, "lost or dropped".to_owned()));
    }
    entries
}

fn of_nodes(panels: &[Panel<'_>]) -> Vec<(Sample, String)> {
    let nodes = || panels.iter().flat_map(|panel| panel.story.nodes.values());
    let mut entries = Vec::new();
    for (doing, words) in [(Doing::Executes, "executes"), (Doing::Waits, "waits for the report")] {
        if nodes().any(|node| node.doings.iter().any(|(_, _, other)| *other == doing)) {
            entries.push((Sample::Bar(doing), words.to_owned()));
        }
    }
    for mark in [Mark::Fault, Mark::Deaf, Mark::Commits, Mark::Attested] {
        let acts = || panels.iter().any(|panel| mark == Mark::Fault && !panel.story.caller_acts.is_empty());
        if acts() || nodes().any(|node| node.marks.iter().any(|(_, other)| *other == mark)) {
            entries.push((Sample::Mark(mark), mark.name().to_owned()));
        }
    }
    let steps = [
        (Step::Round, "agreement or round"),
        (Step::Phase, "OCR messages under way"),
        (Step::Reached, "reached by nodes"),
        (Step::Epoch, "epoch, rounds without the request"),
    ];
    for (step, words) in steps {
        if panels.iter().any(|panel| panel.stages.iter().any(|stage| stage.step == step)) {
            entries.push((Sample::Stage(step), words.to_owned()));
        }
    }
    entries
}

fn of_ends(panels: &[Panel<'_>]) -> Vec<(Sample, String)> {
    let mut entries = Vec::new();
    let ends = || panels.iter().filter_map(|panel| panel.story.ended.as_ref());
    let gists = [
        (Gist::Success, "decides: success"),
        (Gist::Tainted, "decides: success with wrong metering or capdon_n"),
        (Gist::Wrong, "accepts a wrong response"),
        (Gist::Failure, "ends without success"),
    ];
    for (gist, words) in gists {
        if ends().any(|(_, other, _)| *other == gist) {
            entries.push((Sample::Decision(gist), words.to_owned()));
        }
    }
    if panels.iter().any(|panel| panel.story.unreachable.is_some()) {
        entries.push((Sample::Line(VERMILLION, 1.6), "success unreachable".to_owned()));
    }
    entries.push((Sample::Dashed(INK), "deadline".to_owned()));
    entries
}

fn of_time(clock: &Clock) -> Vec<(Sample, String)> {
    let mut entries = Vec::new();
    if clock.pieces().iter().any(|piece| piece.kind == Stretch::LeftOut) {
        entries.push((Sample::Break, "time left out [ms]".to_owned()));
    }
    if clock.pieces().iter().any(|piece| matches!(piece.kind, Stretch::Faster(_))) {
        entries.push((Sample::Break, "×: time runs faster after the end".to_owned()));
    }
    entries
}

/// Smallest and largest message, if their lines differ.
fn sizes<'a>(messages: impl Iterator<Item = &'a Passage>) -> Vec<u64> {
    let mut sizes: Vec<u64> = messages.map(|way| way.bytes).collect();
    sizes.sort_unstable();
    sizes.dedup();
    match sizes.as_slice() {
        [first, .., last] if width(*last) > width(*first) + 0.4 => vec![*first, *last],
        _ => Vec::new(),
    }
}

impl Sample {
    fn draw(&self, scene: &mut Scene, (left, middle): Point) {
        let center = (left + 16.0, middle);
        match self {
            Self::Line(color, width) => scene.line(&[(left, middle), (left + 32.0, middle)], *width, *color),
            Self::Message(kind) => {
                scene.dashed(&[(left, middle), (left + 32.0, middle)], 3.0, color(*kind), dash(*kind));
            }
            Self::Cross => cross(scene, center),
            Self::Bar(doing) => {
                let rect = Rect { left: left + 11.0, right: left + 21.0, top: middle - 10.0, bottom: middle + 10.0 };
                scene.rect(rect, shade(*doing));
            }
            Self::Stage(step) => {
                let rect = Rect { left: left + 13.0, right: left + 19.0, top: middle - 10.0, bottom: middle + 10.0 };
                scene.rect(rect, tone(*step));
            }
            Self::Mark(mark) => stamp(scene, center, *mark),
            Self::Decision(gist) => decision(scene, center, *gist),
            Self::Dashed(color) => {
                scene.dashed(&[(left, middle), (left + 32.0, middle)], 1.6, *color, DEADLINE_DASH);
            }
            Self::Break => {
                for x in [left + 8.0, left + 16.0] {
                    scene.line(&[(x, middle + 6.0), (x + 8.0, middle - 6.0)], 1.5, INK);
                }
            }
        }
    }
}
