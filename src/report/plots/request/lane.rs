//! Lanes with what happens on them, messages between them, and the agreement beside them.

use crate::network::Node;
use crate::report::diagram::{Clock, Doing, Fate, Gist, Kind, Lane, Mark, Passage, Stage, Step};

use super::super::prelude::*;
use super::text::{self, Label, column, wrapped, wrapped_at};
use super::{LINE, Panel};

/// Room for a text about the agreement.
pub(super) const STAGE_ROOM: f64 = 298.0;
/// Between the heads of two lanes.
pub(super) const BETWEEN_HEADS: f64 = 8.0;
/// Lines with numbers below the name of a lane.
const MOST_LINES: usize = 10;
/// Width of a bar on a lane.
const BAR: f64 = 12.0;

/// Colour of a kind of message.
pub(super) const fn color(kind: Kind) -> RGBColor {
    match kind {
        Kind::Request => BLUE,
        Kind::Response | Kind::Altered => GREEN,
        Kind::False => VERMILLION,
        Kind::NoPayload => ORANGE,
        Kind::Error => PURPLE,
        Kind::Signal => SKY,
    }
}

/// Dashes of a kind of message; whole if there are none.
pub(super) const fn dash(kind: Kind) -> &'static [f64] {
    match kind {
        Kind::Altered => &[12.0, 5.0],
        _ => &[],
    }
}

/// Colour of a bar.
pub(super) fn shade(doing: Doing) -> RGBColor {
    match doing {
        Doing::Executes => tint(BLACK, 0.5),
        Doing::Waits => tint(BLACK, 0.16),
    }
}

/// Width of a message's line: one step more for four times the bytes.
pub(super) fn width(bytes: u64) -> f64 {
    let quarters = libm::log2(bytes.max(1) as f64 / 256.0) / 2.0;
    (1.4 + 1.1 * quarters).clamp(1.4, 9.0)
}

/// Names of the lanes from `top` down; returns where they end.
pub(super) fn heads(scene: &mut Scene, panel: &Panel<'_>, top: f64) -> f64 {
    let mut baseline = top + 16.0;
    if !panel.heading.is_empty() {
        for line in wrapped_at(panel.heading, 22.0, panel.right() - panel.left) {
            scene.text((panel.left, baseline + 4.0), Text::new(line).bold(22.0));
            baseline += 30.0;
        }
    }
    if !panel.stages.is_empty() {
        scene.text((panel.agreement(), baseline), Text::new("agreement (OCR)").color(MUTED));
    }
    let (first, last) = (panel.lane(0), panel.last());
    let over = Text::new("capability nodes").align(Align::Center).color(MUTED);
    scene.text((f64::midpoint(first, last), baseline), over);
    scene.text((panel.caller(), baseline), Text::new("caller").align(Align::Center).color(MUTED));
    if panel.lanes.len() > 1 {
        scene.line(&[(first - 40.0, baseline + 8.0), (last + 40.0, baseline + 8.0)], 1.0, FRAME);
    }
    let (top, room) = (baseline + LINE + 4.0, panel.measures.pitch - BETWEEN_HEADS);
    let faults: Vec<&str> = panel.story.caller_faults.iter().copied().collect();
    let caller = head(scene, (panel.caller(), top, room), &panel.story.caller.to_string(), None, &faults);
    let ends = panel.lanes.iter().enumerate().map(|(at, lane)| {
        let room = panel.heads[at];
        let bottom = head(scene, (panel.lane(at), top, room), &lane.name, lane.holds, &lane.faults);
        if lane.nodes.len() == 1 { bottom } else { numbers(scene, lane, (panel.lane(at), bottom, room)) }
    });
    ends.fold(caller, f64::max)
}

/// Name of a lane and what is said about it; returns where it ends.
fn head(scene: &mut Scene, (x, top, room): (f64, f64, f64), name: &str, holds: Option<bool>, faults: &[&str]) -> f64 {
    scene.text((x, top), Text::new(name).bold(TEXT).align(Align::Center));
    let mut baseline = top;
    for (words, color) in traits(holds, faults) {
        for line in wrapped(&words, room) {
            baseline += LINE;
            scene.text((x, baseline), Text::new(line).align(Align::Center).color(color));
        }
    }
    baseline
}

/// Words below the name of a lane.
fn traits(holds: Option<bool>, faults: &[&str]) -> Vec<(String, RGBColor)> {
    let holds = holds.map(|holds| if holds { ("holder", GREEN) } else { ("no payload", MUTED) });
    let mut traits: Vec<_> = holds.into_iter().map(|(words, color)| (words.to_owned(), color)).collect();
    if !faults.is_empty() {
        let what = format!("faulty: {}", faults.join(", "));
        traits.push((what.replace('_', " "), VERMILLION));
    }
    traits
}

/// Width of the widest word below the name of a lane.
pub(super) fn widest_word(lane: &Lane) -> f64 {
    let traits = traits(lane.holds, &lane.faults).into_iter();
    let width =
        |(words, _): (String, _)| words.split(' ').map(|word| font::width(word, TEXT, false)).fold(0.0, f64::max);
    traits.map(width).fold(0.0, f64::max)
}

/// Numbers of the nodes of a lane, the first of very many; returns where they end.
fn numbers(scene: &mut Scene, lane: &Lane, (x, top, room): (f64, f64, f64)) -> f64 {
    let mut baseline = top;
    let mut lines = wrapped(&lane.numbers(), room);
    if lines.len() > MOST_LINES {
        lines.truncate(MOST_LINES - 1);
        lines.push("…".to_owned());
    }
    for line in lines {
        baseline += LINE;
        scene.text((x, baseline), Text::new(line).align(Align::Center).color(MUTED));
    }
    baseline
}

/// What lies behind the lanes of a panel.
pub(super) fn ground(scene: &mut Scene, panel: &Panel<'_>, clock: &Clock) {
    text::ground(scene, clock, (panel.caller() - 8.0, panel.ground()));
}

/// The lanes of a panel, from `top` down, and the messages between them.
pub(super) fn draw(scene: &mut Scene, panel: &Panel<'_>, clock: &Clock, top: f64) {
    let (story, bottom) = (panel.story, clock.bottom());
    if let Some(deadline) = story.deadline {
        let y = clock.at(deadline);
        let ends = [(panel.caller() - 8.0, y), (panel.last() + 30.0, y)];
        scene.dashed(&ends, 1.6, INK, DEADLINE_DASH);
    }
    if let Some((at, _)) = &story.unreachable {
        let y = clock.at(*at);
        let ends = [(panel.caller() - 8.0, y), (panel.last() + 30.0, y)];
        scene.line(&ends, 1.6, VERMILLION);
    }
    let x = panel.caller();
    let begins = story.started.map_or(top, |at| clock.at(at));
    let ends = story.ended.as_ref().map_or(bottom, |(at, _, _)| clock.at(*at));
    scene.line(&[(x, top + 10.0), (x, bottom + 10.0)], 1.5, FRAME);
    scene.line(&[(x, begins), (x, ends)], 5.0, INK);
    for (at, lane) in panel.lanes.iter().enumerate() {
        let x = panel.lane(at);
        scene.line(&[(x, top + 10.0), (x, bottom + 10.0)], 1.5, FRAME);
        for wanted in [Doing::Waits, Doing::Executes] {
            let doings = lane.nodes.iter().flat_map(|node| &story.nodes[node].doings);
            for (from, to, doing) in doings.filter(|(_, _, doing)| *doing == wanted) {
                bar(scene, x, (clock.at(*from), clock.at(*to)), *doing);
            }
        }
    }
    let tips: Vec<Point> = story.messages.iter().filter_map(|way| arrow(scene, panel, clock, way)).collect();
    for tip in tips {
        cross(scene, tip);
    }
    for (at, lane) in panel.lanes.iter().enumerate() {
        for (time, mark) in lane.nodes.iter().flat_map(|node| &story.nodes[node].marks) {
            stamp(scene, (panel.lane(at), clock.at(*time)), *mark);
        }
    }
    for at in &story.caller_acts {
        stamp(scene, (x, clock.at(*at)), Mark::Fault);
    }
    if let Some((at, gist, _)) = &story.ended {
        decision(scene, (x, clock.at(*at)), *gist);
    }
}

fn bar(scene: &mut Scene, x: f64, (top, bottom): (f64, f64), doing: Doing) {
    let half = if doing == Doing::Executes { BAR / 2.0 } else { BAR / 3.0 };
    scene.rect(Rect { left: x - half, right: x + half, top, bottom: bottom.max(top + 2.0) }, shade(doing));
}

/// The caller's decision.
pub(super) fn decision(scene: &mut Scene, at: Point, gist: Gist) {
    let color = if matches!(gist, Gist::Success | Gist::Tainted) { GREEN } else { VERMILLION };
    scene.marker(at, Marker::Diamond, 9.0, color, false);
}

/// A mark on a lane.
pub(super) fn stamp(scene: &mut Scene, at: Point, mark: Mark) {
    match mark {
        Mark::Fault => scene.marker(at, Marker::Triangle, 7.0, VERMILLION, false),
        Mark::Deaf => scene.marker(at, Marker::Square, 6.0, BLACK, false),
        Mark::Commits => scene.marker(at, Marker::Circle, 3.5, MUTED, false),
        Mark::Attested => scene.marker(at, Marker::Diamond, 5.5, GREEN, false),
    }
}

/// A message from its sender to its receiver, or to where it gets lost, which is returned.
fn arrow(scene: &mut Scene, panel: &Panel<'_>, clock: &Clock, way: &Passage) -> Option<Point> {
    let place = |node: Node| {
        let lane = || panel.lanes.iter().position(|lane| lane.has(node)).unwrap_or(0);
        if node == panel.story.caller { panel.caller() } else { panel.lane(lane()) }
    };
    let start = (place(way.from), clock.at(way.sent));
    let end = place(way.to);
    let way_on = (end - start.0).signum();
    match &way.fate {
        Fate::Arrives(at) => {
            shaft(scene, start, (end, clock.at(*at)), way, true);
            None
        }
        Fate::Refused(at) => {
            let tip = (end - way_on * 14.0, clock.at(*at));
            shaft(scene, start, tip, way, false);
            Some(tip)
        }
        Fate::Lost(_) => {
            // At the capability node, so that it is seen whose message it is.
            let x = if way.from == panel.story.caller { end - way_on * 22.0 } else { start.0 + way_on * 22.0 };
            let tip = (x, start.1 + 16.0);
            shaft(scene, start, tip, way, false);
            Some(tip)
        }
    }
}

fn shaft(scene: &mut Scene, start: Point, end: Point, way: &Passage, arrives: bool) {
    let (color, width) = (color(way.kind), width(way.bytes));
    let (dx, dy) = (end.0 - start.0, end.1 - start.1);
    let length = libm::sqrt(dx * dx + dy * dy).max(1.0);
    let (ux, uy) = (dx / length, dy / length);
    let head = 7.0 + 1.6 * width;
    let neck = if arrives { (end.0 - ux * head * 0.8, end.1 - uy * head * 0.8) } else { end };
    scene.dashed(&[start, neck], width, color, dash(way.kind));
    if arrives {
        let (bx, by) = (end.0 - ux * head, end.1 - uy * head);
        let half = 2.6 + 0.8 * width;
        scene.area(&[end, (bx - uy * half, by + ux * half), (bx + uy * half, by - ux * half)], color, 1.0);
    }
}

/// A message ends here.
pub(super) fn cross(scene: &mut Scene, (x, y): Point) {
    for (width, color) in [(6.0, WHITE), (2.6, BLACK)] {
        scene.line(&[(x - 6.0, y - 6.0), (x + 6.0, y + 6.0)], width, color);
        scene.line(&[(x - 6.0, y + 6.0), (x + 6.0, y - 6.0)], width, color);
    }
}

/// How the capability DON agrees; returns where the texts end.
pub(super) fn stages(scene: &mut Scene, panel: &Panel<'_>, clock: &Clock, top: f64) -> f64 {
    let x = panel.agreement();
    let mut labels = Vec::new();
    for (at, stage) in panel.stages.iter().enumerate() {
        let (from, to) = (clock.at(stage.from), clock.at(stage.to));
        let (left, right) = place(stage, at);
        scene.rect(Rect { left: x + left, right: x + right, top: from, bottom: to.max(from + 2.0) }, tone(stage.step));
        let target = x + right + 2.0;
        labels.push(Label { text: stage.words.clone(), ends: (from, from), target, color: INK, bold: false });
    }
    column(scene, &labels, (x + 60.0, STAGE_ROOM), top)
}

/// Where a stage lies across.
fn place(stage: &Stage, at: usize) -> (f64, f64) {
    match stage.step {
        Step::Round | Step::Epoch => (0.0, 6.0),
        Step::Phase => (9.0 + 5.0 * (at % 2) as f64, 13.0 + 5.0 * (at % 2) as f64),
        Step::Reached => (19.0, 25.0),
    }
}

/// Colour of a stage.
pub(super) fn tone(step: Step) -> RGBColor {
    match step {
        Step::Round => MUTED,
        Step::Epoch => tint(BLACK, 0.2),
        Step::Phase => SKY,
        Step::Reached => GREEN,
    }
}
