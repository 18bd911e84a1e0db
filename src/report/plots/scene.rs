//! A picture before it is rendered: lines, areas, discs and texts on a logical canvas, of 1200 x 720 unless it needs more.

use std::ops::Range;

use super::font;
use super::theme::{INK, Marker, WHITE};
use plotters::style::RGBColor;

/// Width of the usual canvas.
pub(super) const WIDTH: f64 = 1200.0;
/// Height of the usual canvas.
pub(super) const HEIGHT: f64 = 720.0;
/// The size of ordinary text; at half size it is still readable.
pub(super) const TEXT: f64 = 18.0;

/// A place on the canvas, y downwards.
pub(super) type Point = (f64, f64);

/// The end of a text that lies at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Center,
    Right,
}

/// Something drawn.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    Line { points: Vec<Point>, width: f64, color: RGBColor },
    Area { points: Vec<Point>, color: RGBColor, opacity: f64 },
    Disc { center: Point, radius: f64, color: RGBColor },
    Text { at: Point, text: Text },
}

/// A line of text and how it is set.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Text {
    pub(super) content: String,
    pub(super) size: f64,
    pub(super) bold: bool,
    pub(super) align: Align,
    pub(super) color: RGBColor,
}

impl Text {
    pub(super) fn new(text: impl AsRef<str>) -> Self {
        let content = font::printable(text.as_ref(), false);
        Self { content, size: TEXT, bold: false, align: Align::Left, color: INK }
    }

    pub(super) fn bold(mut self, size: f64) -> Self {
        self.content = font::printable(&self.content, true);
        Self { bold: true, size, ..self }
    }

    pub(super) fn align(self, align: Align) -> Self {
        Self { align, ..self }
    }

    pub(super) fn color(self, color: RGBColor) -> Self {
        Self { color, ..self }
    }

    pub(super) fn width(&self) -> f64 {
        font::width(&self.content, self.size, self.bold)
    }

    /// The room that it takes with its baseline at `at`.
    pub(super) fn room(&self, at: Point) -> Rect {
        let left = match self.align {
            Align::Left => at.0,
            Align::Center => at.0 - self.width() / 2.0,
            Align::Right => at.0 - self.width(),
        };
        let (top, bottom) = (at.1 - self.size * 0.75, at.1 + self.size * 0.2);
        Rect { left, right: left + self.width(), top, bottom }
    }
}

/// A rectangle on the canvas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rect {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

impl Rect {
    pub(super) fn width(&self) -> f64 {
        self.right - self.left
    }

    pub(super) fn height(&self) -> f64 {
        self.bottom - self.top
    }

    /// The horizontal middle.
    pub(super) fn center(&self) -> f64 {
        f64::midpoint(self.left, self.right)
    }
}

/// The shapes of a picture, lowest first, and what a page can tell of them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scene {
    /// Width and height of the canvas.
    pub(super) size: Point,
    pub(super) shapes: Vec<Shape>,
    /// Parts of `shapes` that belong to a series, in their order.
    pub(super) parts: Vec<Part>,
    /// Values under the pointer.
    pub(super) spots: Vec<Spot>,
}

/// Shapes that are shown or hidden with their series.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part {
    pub(super) shapes: Range<usize>,
    pub(super) series: String,
    /// Whether they are the entry of the legend rather than data.
    pub(super) is_legend: bool,
}

/// A place that stands for a value, and the value in words.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Spot {
    pub(super) room: Rect,
    pub(super) series: String,
    /// One fact a line.
    pub(super) text: String,
}

impl Default for Scene {
    fn default() -> Self {
        Self { size: (WIDTH, HEIGHT), shapes: Vec::new(), parts: Vec::new(), spots: Vec::new() }
    }
}

impl Scene {
    /// Draws the data of a series; parts do not nest.
    pub(super) fn part(&mut self, series: &str, draw: impl FnOnce(&mut Self)) {
        self.belonging(series, false, draw);
    }

    /// Draws the entry of a series in the legend.
    pub(super) fn legend(&mut self, series: &str, draw: impl FnOnce(&mut Self)) {
        self.belonging(series, true, draw);
    }

    fn belonging(&mut self, series: &str, is_legend: bool, draw: impl FnOnce(&mut Self)) {
        let first = self.shapes.len();
        draw(self);
        let shapes = first..self.shapes.len();
        if !series.is_empty() && !shapes.is_empty() {
            self.parts.push(Part { shapes, series: series.to_owned(), is_legend });
        }
    }

    /// A value of a series that a page shows when a reader points into `room`.
    pub(super) fn spot(&mut self, room: Rect, series: &str, text: String) {
        if on_canvas(&(room.left, room.top)) && on_canvas(&(room.right, room.bottom)) {
            self.spots.push(Spot { room, series: series.to_owned(), text });
        }
    }

    /// A line through `points`; nothing where there are not two.
    pub(super) fn line(&mut self, points: &[Point], width: f64, color: RGBColor) {
        let points: Vec<Point> = points.iter().copied().filter(on_canvas).collect();
        if points.len() > 1 {
            self.shapes.push(Shape::Line { points, width, color });
        }
    }

    /// A line through `points`, dashed by `pattern` (lengths of dash and gap in turn; solid when empty).
    pub(super) fn dashed(&mut self, points: &[Point], width: f64, color: RGBColor, pattern: &[f64]) {
        if pattern.is_empty() {
            return self.line(points, width, color);
        }
        for dash in dashes(points, pattern) {
            self.line(&dash, width, color);
        }
    }

    /// A filled polygon.
    pub(super) fn area(&mut self, points: &[Point], color: RGBColor, opacity: f64) {
        let points: Vec<Point> = points.iter().copied().filter(on_canvas).collect();
        if points.len() > 2 {
            self.shapes.push(Shape::Area { points, color, opacity });
        }
    }

    /// A filled rectangle.
    pub(super) fn rect(&mut self, rect: Rect, color: RGBColor) {
        let Rect { left, top, right, bottom } = rect;
        self.area(&[(left, top), (right, top), (right, bottom), (left, bottom)], color, 1.0);
    }

    /// A filled circle.
    pub(super) fn disc(&mut self, center: Point, radius: f64, color: RGBColor) {
        if on_canvas(&center) {
            self.shapes.push(Shape::Disc { center, radius, color });
        }
    }

    /// A text with its baseline at `at`.
    pub(super) fn text(&mut self, at: Point, text: Text) {
        if on_canvas(&at) && !text.content.is_empty() {
            self.shapes.push(Shape::Text { at, text });
        }
    }

    /// A data marker with a white rim, so that markers on lines and on each other stay apart; `hollow` shows only its outline.
    pub(super) fn marker(&mut self, at: Point, marker: Marker, radius: f64, color: RGBColor, hollow: bool) {
        self.symbol(at, marker, radius + 1.5, WHITE);
        self.symbol(at, marker, radius, color);
        if hollow {
            self.symbol(at, marker, radius - 2.5, WHITE);
        }
    }

    fn symbol(&mut self, at: Point, marker: Marker, radius: f64, color: RGBColor) {
        let corners: Vec<Point> =
            marker.corners().iter().map(|(x, y)| (at.0 + x * radius, at.1 + y * radius)).collect();
        if corners.is_empty() {
            self.disc(at, radius, color);
        } else {
            self.area(&corners, color, 1.0);
        }
    }
}

/// Keeps shapes of broken numbers out of the backends, whose coordinates are 32-bit integers.
fn on_canvas(point: &Point) -> bool {
    let inside = |v: f64| v.is_finite() && v.abs() < 10.0 * WIDTH;
    inside(point.0) && inside(point.1)
}

/// Cuts a line into its dashes; corners within a dash are kept.
fn dashes(points: &[Point], pattern: &[f64]) -> Vec<Vec<Point>> {
    let mut pieces = Vec::new();
    let mut current: Vec<Point> = points.first().copied().into_iter().collect();
    let (mut turn, mut left) = (0, pattern[0]);
    for pair in points.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = libm::sqrt(dx * dx + dy * dy);
        let mut done = 0.0;
        while length.is_finite() && length - done > left {
            done += left;
            let at = (from.0 + dx * done / length, from.1 + dy * done / length);
            if turn % 2 == 0 {
                current.push(at);
                pieces.push(std::mem::take(&mut current));
            } else {
                current = vec![at];
            }
            turn += 1;
            left = pattern[turn % pattern.len()].max(1.0);
        }
        left -= length - done;
        if turn % 2 == 0 {
            current.push(to);
        }
    }
    pieces.push(current);
    pieces
}
