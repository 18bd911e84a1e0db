//! Title, time axis, and texts beside the caller.

use crate::engine::Time;
use crate::report::diagram::{Clock, Gist, Lane, Mark, Note, Piece, Story, Stretch, millis, millis_between};

use super::super::labels::spread;
use super::super::prelude::*;
use super::{AXIS, LINE, MARGIN, Panel};

/// A sentence that says how the request ended.
pub(super) fn title(story: &Story) -> String {
    let (subject, caller) = (story.subject, story.caller);
    let ended = match &story.ended {
        Some((_, Gist::Success, _)) => "succeeds",
        Some((_, Gist::Tainted, _)) => "accepts with wrong metering or capdon_n",
        Some((_, Gist::Wrong, _)) => "accepts a wrong response",
        Some((_, _, words)) if words.starts_with("deadline") => "expires",
        Some((_, _, words)) if words.starts_with("crashed") => "crashes its caller",
        Some(_) => "fails",
        None => "does not end",
    };
    let why = match &story.unreachable {
        Some((at, cause)) => {
            let cause = cause.replace('+', " and ").replace('_', " ");
            format!(", success out of reach from {} on (cause: {cause})", millis(*at))
        }
        None => String::new(),
    };
    format!("Request {} of {caller} {ended}{why}", subject.request)
}

/// Title and facts; returns where they end.
pub(super) fn head(scene: &mut Scene, title: &str, facts: &[String], room: f64) -> f64 {
    let size = if font::width(title, 28.0, true) <= room { 28.0 } else { 22.0 };
    let mut baseline = 54.0;
    for line in wrapped_at(title, size, room) {
        scene.text((MARGIN, baseline), Text::new(line).bold(size));
        baseline += size + 4.0;
    }
    for line in facts.iter().flat_map(|fact| wrapped(fact, room)) {
        scene.text((MARGIN, baseline), Text::new(line).color(MUTED));
        baseline += LINE + 2.0;
    }
    baseline
}

/// `text` in lines of at most `room`; a word that is too long by itself goes on in the next line.
pub(super) fn wrapped(text: &str, room: f64) -> Vec<String> {
    wrapped_at(text, TEXT, room)
}

pub(super) fn wrapped_at(text: &str, size: f64, room: f64) -> Vec<String> {
    let bold = size > TEXT;
    let mut lines = vec![String::new()];
    for word in text.split(' ').flat_map(|word| pieces(word, size, bold, room)) {
        let last = lines.len() - 1;
        let longer = format!("{} {word}", lines[last]).trim_start().to_owned();
        if font::width(&longer, size, bold) <= room { lines[last] = longer } else { lines.push(word) }
    }
    lines
}

/// A word in pieces of at most `room`, broken after a sign where it has one.
fn pieces(word: &str, size: f64, bold: bool, room: f64) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for letter in word.chars() {
        let last = pieces.len() - 1;
        let piece = &mut pieces[last];
        let end = piece.len();
        piece.push(letter);
        if font::width(piece, size, bold) > room && end > 0 {
            let sign = piece[..end].rfind(['_', ':', '/', '.', '-', ',']);
            let rest = piece.split_off(sign.map_or(end, |at| at + 1));
            pieces.push(rest);
        }
    }
    pieces
}

/// Height of a text in a column.
pub(super) fn height(text: &str, room: f64) -> f64 {
    wrapped(text, room).len() as f64 * LINE + 6.0
}

/// A text of a column, and the stretch of time that it is about.
pub(super) struct Label {
    pub(super) text: String,
    pub(super) ends: (f64, f64),
    /// Where its leader ends.
    pub(super) target: f64,
    pub(super) color: RGBColor,
    pub(super) bold: bool,
}

/// A column of labels at `x`, tied to what they are about; returns where it ends.
pub(super) fn column(scene: &mut Scene, labels: &[Label], (x, room): (f64, f64), top: f64) -> f64 {
    let heights: Vec<f64> = labels.iter().map(|label| height(&label.text, room)).collect();
    let middle = |label: &Label| f64::midpoint(label.ends.0, label.ends.1);
    let wanted: Vec<f64> = labels.iter().zip(&heights).map(|(label, height)| middle(label) - height / 2.0).collect();
    let tops = spread(&wanted, &heights, top, 1e5);
    let mut bottom = top;
    for (((label, top), height), rank) in labels.iter().zip(&tops).zip(&heights).zip(ranks(labels)) {
        let (from, to) = label.ends;
        let (align, inward) = if label.target > x { (Align::Right, 1.0) } else { (Align::Left, -1.0) };
        let edge = label.target - 5.0 * inward * rank as f64;
        if is_long(label) {
            scene.line(&[(edge, from), (edge, to)], 2.0, label.color);
        }
        let center = top + height / 2.0;
        let leader = [(x + 5.0 * inward, center), (x + 11.0 * inward, center), (edge, middle(label))];
        scene.line(&leader, 1.0, FRAME);
        for (number, line) in (1..).zip(wrapped(&label.text, room)) {
            let mut text = Text::new(line).align(align).color(label.color);
            text.bold = label.bold;
            scene.text((x, top + 3.0 + LINE * f64::from(number) - 5.5), text);
        }
        bottom = bottom.max(top + height);
    }
    bottom
}

/// Whether the stretch of a label is drawn.
fn is_long(label: &Label) -> bool {
    label.ends.1 - label.ends.0 > 3.0
}

/// Places of the stretches of labels beside each other: the first that is free all along.
fn ranks(labels: &[Label]) -> Vec<usize> {
    let mut ranks: Vec<usize> = Vec::new();
    for (number, label) in labels.iter().enumerate() {
        let is_taken = |rank: &usize| {
            let there = labels[..number].iter().zip(&ranks).filter(|(other, at)| *at == rank && is_long(other));
            there.into_iter().any(|(other, _)| label.ends.0 < other.ends.1 && other.ends.0 < label.ends.1)
        };
        ranks.push((0..=number).find(|rank| !is_taken(rank)).unwrap_or(number));
    }
    ranks
}

/// What happens at the caller; returns where the texts end.
pub(super) fn notes(scene: &mut Scene, panel: &Panel<'_>, clock: &Clock, top: f64) -> f64 {
    let target = panel.caller() - 8.0;
    let label = |note: &Note| {
        let (color, bold) = match note.gist {
            Gist::Plain => (INK, false),
            Gist::Loss | Gist::Late => (MUTED, false),
            Gist::Success | Gist::Tainted => (GREEN, false),
            Gist::Wrong | Gist::Failure | Gist::Unreachable => (VERMILLION, false),
        };
        Label { text: note.text(), ends: (clock.at(note.from), clock.at(note.to)), target, color, bold }
    };
    let mut labels: Vec<Label> = panel.notes.iter().map(label).collect();
    if let Some(deadline) = panel.story.deadline.filter(|_| !expires(panel.story)) {
        let at = clock.at(deadline);
        let text = format!("deadline, {}", millis(deadline));
        labels.push(Label { text, ends: (at, at), target, color: MUTED, bold: false });
    }
    let room = panel.measures.notes;
    column(scene, &labels, (panel.left + room, room), top)
}

/// All that a panel shows as text: who the nodes are, then what happens in order of time.
pub(super) fn words(panel: &Panel<'_>) -> Vec<String> {
    let timed = |from, to, words: &str| (from, format!("{}: {words}", millis_between(from, to)));
    let note = |note: &Note| match (note.from, note.to) {
        // These say when.
        (from, _) if note.gist.is_turn() => (from, note.text()),
        (from, to) => timed(from, to, &note.text()),
    };
    let stages = panel.story.stages.iter().map(|stage| timed(stage.from, stage.to, &stage.words));
    let deadline = panel.story.deadline.filter(|_| !expires(panel.story));
    let marks = panel.lanes.iter().flat_map(|lane| lane_marks(panel, lane));
    let happens = panel.notes.iter().map(note).chain(stages).chain(deadline.map(|at| timed(at, at, "deadline")));
    let marks = marks.map(|(from, to, words)| timed(from, to, &words));
    let mut happens: Vec<(Time, String)> = happens.chain(marks).collect();
    happens.sort_by_key(|(at, _)| *at);
    let nodes = panel.lanes.iter().map(Lane::describe);
    nodes.chain(happens.into_iter().map(|(_, words)| words)).collect()
}

/// When faults act in a lane, and when its nodes are down.
fn lane_marks<'a>(panel: &'a Panel<'_>, lane: &'a Lane) -> impl Iterator<Item = (Time, Time, String)> + 'a {
    let marks = || lane.nodes.iter().flat_map(|node| &panel.story.nodes[node].marks);
    [Mark::Fault, Mark::Deaf].into_iter().filter_map(move |wanted| {
        let times = || marks().filter(|(_, mark)| *mark == wanted).map(|(at, _)| *at);
        Some((times().min()?, times().max()?, format!("{}: {}", lane.title(), wanted.name())))
    })
}

/// Whether a note about the decision tells of the deadline.
fn expires(story: &Story) -> bool {
    story.ended.as_ref().is_some_and(|(at, _, _)| Some(*at) == story.deadline)
}

/// The time axis, with what is left out of it.
pub(super) fn axis(scene: &mut Scene, clock: &Clock) {
    let x = MARGIN + AXIS - 26.0;
    let pieces = clock.pieces();
    let Some((first, last)) = pieces.first().zip(pieces.last()) else { return };
    scene.text((x, first.top - 24.0), Text::new("time [ms]").align(Align::Right).color(MUTED));
    scene.line(&[(x + 6.0, first.top - 12.0), (x + 6.0, last.bottom + 12.0)], 1.5, FRAME);
    for piece in pieces {
        if piece.kind != Stretch::Shown {
            let gap = Rect { left: x, right: x + 12.0, top: piece.top + 17.0, bottom: piece.bottom - 17.0 };
            scene.rect(gap, WHITE);
            let middle = f64::midpoint(piece.top, piece.bottom);
            for y in [middle - 6.0, middle + 6.0] {
                scene.line(&[(x - 2.0, y + 5.0), (x + 14.0, y - 5.0)], 1.5, INK);
            }
            let text = match piece.kind {
                Stretch::Faster(times) => format!("× {}", number::fixed(times, usize::from(times < 10.0))),
                _ => format!("+ {}", number::short((piece.to - piece.from) as f64 / 1e6)),
            };
            scene.text((x - 8.0, middle + 6.5), Text::new(text).align(Align::Right).color(MUTED));
            continue;
        }
        let step = step(piece);
        for at in ticks(piece, step) {
            let y = clock.at(Time::from_nanos(at));
            scene.line(&[(x, y), (x + 6.0, y)], 1.5, FRAME);
            scene.text((x - 8.0, y + 6.5), Text::new(tick(at, step)).align(Align::Right));
        }
    }
}

/// Grid and breaks behind the lanes from `left` to `right`.
pub(super) fn ground(scene: &mut Scene, clock: &Clock, (left, right): (f64, f64)) {
    for piece in clock.pieces() {
        if piece.kind != Stretch::Shown {
            let band = Rect { left, right, top: piece.top + 8.0, bottom: piece.bottom - 8.0 };
            scene.rect(band, tint(GRID, 0.5));
            continue;
        }
        for at in ticks(piece, step(piece)) {
            let y = clock.at(Time::from_nanos(at));
            scene.line(&[(left, y), (right, y)], 1.0, tint(GRID, 0.7));
        }
    }
}

/// Round instants of a stretch; its middle, if none is round.
fn ticks(piece: &Piece, step: u64) -> Vec<u64> {
    let round = (piece.from.div_ceil(step)..).map(|number| number * step).take_while(|tick| *tick <= piece.to);
    let round: Vec<u64> = round.collect();
    if round.is_empty() { vec![piece.from + (piece.to - piece.from) / 2] } else { round }
}

fn tick(at: u64, step: u64) -> String {
    let decimals = match step {
        1_000_000.. => 0,
        100_000.. => 1,
        10_000.. => 2,
        _ => 3,
    };
    let decimals = if at.is_multiple_of(step) { decimals } else { decimals + 1 };
    number::fixed(at as f64 / 1e6, decimals)
}

/// A round number of nanoseconds that has room for a label.
fn step(piece: &Piece) -> u64 {
    let least = (piece.pace * 64.0) as u64;
    let mut power = 1_000;
    loop {
        if let Some(factor) = [1, 2, 5].into_iter().find(|factor| factor * power >= least) {
            return factor * power;
        }
        power *= 10;
    }
}
