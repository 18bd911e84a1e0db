//! The names of series at the right of a plot: at the ends of up to six lines, otherwise as a legend.

use super::font;
use super::font::SEPARATOR;
use super::names;
use super::scene::{Point, Rect, Scene, TEXT, Text};
use super::theme::{FRAME, MUTED, Style};
use plotters::style::RGBColor;

const LINE: f64 = 22.0;
const GAP: f64 = 6.0;
const SWATCH: f64 = 38.0;
/// Distance of names from the plot.
const AWAY: f64 = 32.0;
const WIDEST: f64 = 280.0;
/// Up to this many series are named where their lines end.
const DIRECT: usize = 6;

/// A series' name, where its line ends, and how it is drawn.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) text: String,
    /// Series that it is of.
    pub(super) series: String,
    pub(super) detail: Option<String>,
    pub(super) swatch: Swatch,
    /// The end of the line.
    pub(super) end: Option<Point>,
    /// Whether to tie the name to that end where it had to move.
    pub(super) leader: bool,
}

impl Entry {
    /// An entry without more than its name.
    pub(super) fn new(text: impl Into<String>, swatch: Swatch) -> Self {
        let text = text.into();
        Self { series: text.clone(), text, detail: None, swatch, end: None, leader: true }
    }
}

/// A sample of how something is drawn.
#[derive(Clone, Copy, Debug)]
pub(super) enum Swatch {
    Line(Style, RGBColor),
    Exact(Style),
    Marker(Style),
    Box(RGBColor, bool),
}

/// The names of a plot, measured.
#[derive(Clone, Debug, Default)]
pub(super) struct Labels {
    entries: Vec<(Entry, Vec<String>)>,
}

impl Labels {
    pub(super) fn new(entries: Vec<Entry>) -> Self {
        let most = if entries.len() > DIRECT { 1 } else { 2 };
        let texts: Vec<String> = entries.iter().map(|entry| entry.text.clone()).collect();
        let mut names =
            names::distinct(&texts, |_, text| font::wrap(text.split(SEPARATOR), SEPARATOR, TEXT, WIDEST, most));
        for (lines, entry) in names.iter_mut().zip(&entries) {
            lines.extend(entry.detail.iter().map(|detail| font::fit(detail, TEXT, false, WIDEST)));
        }
        Self { entries: entries.into_iter().zip(names).collect() }
    }

    /// The width to keep free at the right of the plot.
    pub(super) fn width(&self) -> f64 {
        let widest = self.entries.iter().flat_map(|(_, lines)| lines).map(|line| font::width(line, TEXT, false));
        widest.reduce(f64::max).map_or(0.0, |text| text + SWATCH + AWAY + 8.0)
    }

    /// Draws the names at the right of `plot`.
    pub(super) fn draw(&self, scene: &mut Scene, plot: Rect) {
        if self.entries.is_empty() {
            return;
        }
        let left = plot.right + AWAY;
        let direct = self.entries.len() <= DIRECT && self.entries.iter().all(|(entry, _)| entry.end.is_some());
        let heights: Vec<f64> = self.entries.iter().map(|(_, lines)| lines.len() as f64 * LINE + GAP).collect();
        let tops = if direct {
            let wanted: Vec<f64> = self
                .entries
                .iter()
                .zip(&heights)
                .map(|((entry, _), h)| entry.end.map_or(0.0, |end| end.1) - h / 2.0)
                .collect();
            spread(&wanted, &heights, plot.top - 12.0, plot.bottom + 12.0)
        } else {
            stacked(&heights, plot.top - 12.0)
        };
        let mut hidden = 0;
        for (((entry, lines), top), height) in self.entries.iter().zip(tops).zip(&heights) {
            if top + height > plot.bottom + GAP + 12.0 {
                hidden += 1;
                continue;
            }
            let middle = top + height / 2.0;
            if let Some(end) =
                entry.end.filter(|end| direct && entry.leader && needs_leader(*end, middle, *height, plot.right))
            {
                scene.line(&[(end.0 + 12.0, end.1), (left - 14.0, middle), (left - 4.0, middle)], 1.0, FRAME);
            }
            scene.legend(&entry.series, |scene| entry.draw(scene, lines, (left, top, middle)));
        }
        if hidden > 0 {
            scene.text((left, plot.bottom + 62.0), Text::new(format!("and {hidden} more")).color(MUTED));
        }
    }
}

impl Entry {
    fn draw(&self, scene: &mut Scene, lines: &[String], (left, top, middle): (f64, f64, f64)) {
        self.swatch.draw(scene, left, middle);
        for (index, line) in lines.iter().enumerate() {
            let baseline = top + GAP / 2.0 + LINE * (index as f64 + 1.0) - 5.5;
            let text = Text::new(line);
            let is_detail = self.detail.is_some() && index + 1 == lines.len();
            scene.text((left + SWATCH, baseline), if is_detail { text.color(MUTED) } else { text });
        }
    }
}

impl Swatch {
    fn draw(self, scene: &mut Scene, left: f64, middle: f64) {
        let center = (left + 14.0, middle);
        match self {
            Self::Line(style, color) => {
                scene.dashed(&[(left, middle), (left + 28.0, middle)], 3.0, color, style.dash);
                scene.marker(center, style.marker, 6.0, color, false);
            }
            Self::Exact(style) => {
                scene.line(&[(left - 2.0, middle), (left + 30.0, middle)], 1.6, style.color);
                scene.marker(center, style.marker, 6.0, style.color, true);
            }
            Self::Marker(style) => scene.marker(center, style.marker, 6.5, style.color, false),
            Self::Box(color, hatched) => {
                let rect = Rect { left: left + 4.0, top: middle - 10.0, right: left + 28.0, bottom: middle + 10.0 };
                scene.rect(rect, color);
                if hatched {
                    hatch(scene, rect);
                }
            }
        }
    }
}

/// A line that ends before the plot does, or whose name had to move, is tied to it.
fn needs_leader(end: Point, middle: f64, height: f64, right: f64) -> bool {
    (middle - end.1).abs() > height * 0.3 || right - end.0 > 50.0
}

/// White diagonals over `rect`.
pub(super) fn hatch(scene: &mut Scene, rect: Rect) {
    const STEP: f64 = 8.0;
    let mut offset = STEP / 2.0;
    while offset < rect.width() + rect.height() {
        // From the left or bottom edge up to the top or right edge.
        let start = (rect.left + (offset - rect.height()).max(0.0), rect.top + offset.min(rect.height()));
        let end = (rect.left + offset.min(rect.width()), rect.top + (offset - rect.width()).max(0.0));
        scene.line(&[start, end], 2.0, super::theme::WHITE);
        offset += STEP;
    }
}

fn stacked(heights: &[f64], top: f64) -> Vec<f64> {
    heights.iter().scan(top, |next, height| Some(std::mem::replace(next, *next + height))).collect()
}

/// Moves boxes of `heights` as little as possible from their `wanted` tops so that none overlap and all lie within
/// `[top, bottom]` where they fit.
///
/// Boxes that touch form a block, which settles at the mean of what its boxes want; blocks merge until none overlap.
pub(super) fn spread(wanted: &[f64], heights: &[f64], top: f64, bottom: f64) -> Vec<f64> {
    struct Block {
        members: Vec<usize>,
        height: f64,
        wish: f64,
        top: f64,
    }
    let settle = |wish: f64, count: usize, height: f64| (wish / count as f64).min(bottom - height).max(top);
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|a, b| (wanted[*a] + heights[*a] / 2.0).total_cmp(&(wanted[*b] + heights[*b] / 2.0)));
    let mut blocks: Vec<Block> = Vec::new();
    for index in order {
        let mut block = Block {
            members: vec![index],
            height: heights[index],
            wish: wanted[index],
            top: settle(wanted[index], 1, heights[index]),
        };
        while let Some(above) = blocks.pop_if(|above| above.top + above.height > block.top) {
            let wish = above.wish + block.wish - above.height * block.members.len() as f64;
            let members: Vec<usize> = above.members.into_iter().chain(block.members).collect();
            let height = above.height + block.height;
            block = Block { top: settle(wish, members.len(), height), members, height, wish };
        }
        blocks.push(block);
    }
    let mut tops = vec![0.0; wanted.len()];
    for block in blocks {
        let mut next = block.top;
        for index in block.members {
            tops[index] = next;
            next += heights[index];
        }
    }
    tops
}

#[cfg(test)]
#[path = "tests/labels.rs"]
mod tests;
