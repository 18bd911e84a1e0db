//! A scene as SVG within a page: the picture of the file in `plots/` without its paper and in fewer bytes. What belongs to a
//! series is a group with `data-series`, and above all lie the spots, unseen, each with its value as `title`.

use std::fmt::Write as _;

use super::font::FAMILY;
use super::scene::{Align, Point, Scene, Shape, Spot, Text};
use crate::scenario::escaped;
use maud::html;
use plotters::style::RGBColor;

/// Margins of the canvas, which the page has itself.
const LEFT: f64 = 38.0;
const RIGHT: f64 = 28.0;
pub(super) const TOP: f64 = 26.0;

/// Renders the scene from `top` down; `description` is the id of the element that says what it shows.
pub(super) fn render(scene: &Scene, top: f64, name: &str, description: &str) -> String {
    let mut out = Writer::default();
    let (width, height) = (number(scene.size.0 - LEFT - RIGHT), number(scene.size.1 - top));
    let _ = write!(
        out.text,
        "<svg viewBox=\"{LEFT} {} {width} {height}\" font-family=\"{FAMILY}\" role=\"img\" aria-label=\"{}\" \
         aria-describedby=\"{description}\">",
        number(top),
        markup(name)
    );
    let mut parts = scene.parts.iter().peekable();
    for (at, shape) in scene.shapes.iter().enumerate() {
        if let Some(part) = parts.peek().filter(|part| part.shapes.start == at) {
            out.end_path();
            let class = if part.is_legend { " class=\"legend\"" } else { "" };
            let _ = write!(out.text, "<g{class} data-series=\"{}\">", markup(&part.series));
        }
        out.shape(shape);
        if parts.next_if(|part| part.shapes.end == at + 1).is_some() {
            out.end_path();
            out.text.push_str("</g>");
        }
    }
    out.end_path();
    out.spots(&scene.spots);
    out.text.push_str("</svg>");
    out.text
}

/// Elements so far. Lines of one style that follow each other, such as dashes, are one path, and so are rectangles.
#[derive(Default)]
struct Writer {
    text: String,
    /// Attributes of the path that is open; empty when none is.
    style: String,
}

impl Writer {
    fn shape(&mut self, shape: &Shape) {
        match shape {
            Shape::Line { points, width, color } => {
                let (color, width) = (hex(*color), number(*width));
                self.path(format!("fill=\"none\" stroke=\"{color}\" stroke-width=\"{width}\""), points, "");
            }
            Shape::Area { points, color, opacity } => {
                let mut style = format!("fill=\"{}\"", hex(*color));
                if *opacity < 1.0 {
                    self.end_path();
                    // Writing to a string cannot fail, here and below.
                    let _ = write!(style, " opacity=\"{}\"", number(*opacity));
                }
                self.path(style, points, "z");
                if !is_rectangle(points) {
                    self.end_path();
                }
            }
            Shape::Disc { center, radius, color } => {
                self.end_path();
                let ((x, y), radius) = (place(center), number(*radius));
                let _ = write!(self.text, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\" fill=\"{}\"/>", hex(*color));
            }
            Shape::Text { at, text } => {
                self.end_path();
                self.line(at, text);
            }
        }
    }

    /// Adds to the open path, if that has this style, or to a new one.
    fn path(&mut self, style: String, points: &[Point], ending: &str) {
        if style != self.style {
            self.end_path();
            let _ = write!(self.text, "<path {style} d=\"");
            self.style = style;
        }
        if let ([(left, top), _, (right, bottom), _], "z") = (points, ending)
            && is_rectangle(points)
        {
            let [left, top, right, bottom] = [left, top, right, bottom].map(|side| number(*side));
            let _ = write!(self.text, "M{left} {top}H{right}V{bottom}H{left}z");
            return;
        }
        for (point, command) in points.iter().zip(["M", "L"].into_iter().chain(std::iter::repeat(" "))) {
            let (x, y) = place(point);
            let _ = write!(self.text, "{command}{x} {y}");
        }
        self.text.push_str(ending);
    }

    fn spots(&mut self, spots: &[Spot]) {
        self.text.push_str("<g class=\"spots\">");
        for Spot { room, series, text } in spots {
            let [x, y, width, height] = [room.left, room.top, room.width(), room.height()].map(number);
            let (series, lines) = (markup(series), text.lines().map(markup).collect::<Vec<_>>().join("\n"));
            let _ = write!(
                self.text,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" data-series=\"{series}\">\
                 <title>{lines}</title></rect>"
            );
        }
        self.text.push_str("</g>");
    }

    fn end_path(&mut self) {
        if !std::mem::take(&mut self.style).is_empty() {
            self.text.push_str("\"/>");
        }
    }

    fn line(&mut self, at: &Point, text: &Text) {
        let ((x, y), size) = (place(at), number(text.size));
        let _ = write!(self.text, "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" fill=\"{}\"", hex(text.color));
        match text.align {
            Align::Left => {}
            Align::Center => self.text.push_str(" text-anchor=\"middle\""),
            Align::Right => self.text.push_str(" text-anchor=\"end\""),
        }
        let weight = if text.bold { " font-weight=\"bold\"" } else { "" };
        let _ = write!(self.text, "{weight}>{}</text>", markup(&text.content));
    }
}

/// Whether these are the corners of a rectangle, as [`Scene::rect`] makes them: all turn the same way, so that those that
/// overlap in one path leave no hole.
fn is_rectangle(points: &[Point]) -> bool {
    matches!(points, [a, b, c, d] if a.1 == b.1 && b.0 == c.0 && c.1 == d.1 && d.0 == a.0)
}

/// A scenario's own words as part of the markup.
fn markup(text: &str) -> String {
    html! { (escaped(text)) }.into_string()
}

fn place(point: &Point) -> (String, String) {
    (number(point.0), number(point.1))
}

/// A length to a tenth, or a share to a hundredth, without idle zeros.
fn number(value: f64) -> String {
    let digits = if value.abs() < 1.0 { 2 } else { 1 };
    let text = format!("{value:.digits$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

fn hex(color: RGBColor) -> String {
    format!("#{:02x}{:02x}{:02x}", color.0, color.1, color.2)
}
