//! A scene as SVG, its text still text.

use super::PlotError;
use super::font::FAMILY;
use super::scene::{Align, Scene, Shape, Text};
use plotters::prelude::{DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontFamily, FontStyle, IntoFont, RGBColor, ShapeStyle, TextStyle};

/// plotters' coordinates are integers; a finer grid keeps curves smooth, and the view box scales it back.
const GRID: f64 = 4.0;
/// plotters divides font sizes by this, and puts the top of a text this many ems above its baseline.
const PLOTTERS_FONT_FACTOR: f64 = 1.24;
const PLOTTERS_TOP: f64 = 0.76;

/// Renders the scene.
pub(super) fn render(scene: &Scene) -> Result<String, PlotError> {
    let (width, height) = scene.size;
    let size = ((width * GRID) as u32, (height * GRID) as u32);
    let mut document = String::new();
    let mut backend = SVGBackend::with_string(&mut document, size);
    let failed = |error: &dyn std::fmt::Display| PlotError::Draw(error.to_string());
    let paper = style(super::theme::WHITE, 1.0, 0.0);
    backend.draw_rect((0, 0), (size.0 as i32, size.1 as i32), &paper, true).map_err(|e| failed(&e))?;
    for shape in &scene.shapes {
        match shape {
            Shape::Line { points, width, color } => {
                backend.draw_path(points.iter().map(grid), &style(*color, 1.0, *width))
            }
            Shape::Area { points, color, opacity } => {
                backend.fill_polygon(points.iter().map(grid), &style(*color, *opacity, 0.0))
            }
            Shape::Disc { center, radius, color } => {
                backend.draw_circle(grid(center), (radius * GRID) as u32, &style(*color, 1.0, 0.0), true)
            }
            Shape::Text { at, text } => {
                let top = (at.0, at.1 - PLOTTERS_TOP * text.size);
                backend.draw_text(&text.content, &text_style(text), grid(&top))
            }
        }
        .map_err(|e| failed(&e))?;
    }
    backend.present().map_err(|e| failed(&e))?;
    drop(backend);
    let (fine, logical) =
        (format!("width=\"{}\" height=\"{}\"", size.0, size.1), format!("width=\"{width}\" height=\"{height}\""));
    Ok(lean(&document.replacen(&fine, &logical, 1)))
}

/// The same picture in fewer bytes: what holds for all texts stands once, what holds anyway nowhere, and the dashes of a
/// line, which plotters knows as so many lines, are one path.
fn lean(document: &str) -> String {
    let family = format!(" font-family=\"{FAMILY}\"");
    let mut out = String::new();
    let mut dashes = "";
    for line in document.lines() {
        let next = two_points(line);
        if !dashes.is_empty() && next.is_none_or(|(style, ..)| style != dashes) {
            out.push_str("\"/>\n");
        }
        match next {
            Some((style, from, to)) if style == dashes => out.extend(["M", from, "L", to]),
            Some((style, from, to)) => out.extend(["<path", style, "d=\"M", from, "L", to]),
            None => out.extend([line, "\n"]),
        }
        dashes = next.map_or("", |(style, ..)| style);
    }
    let out = out.replace(" opacity=\"1\"", "").replace(&family, "").replace(" \"/>", "\"/>");
    out.replacen("<svg", &format!("<svg{family}"), 1)
}

/// The style and the ends of a polyline that has no more than these.
fn two_points(line: &str) -> Option<(&str, &str, &str)> {
    let (style, points) = line.strip_prefix("<polyline")?.strip_suffix(" \"/>")?.split_once("points=\"")?;
    let (from, to) = points.split_once(' ')?;
    (!to.contains(' ')).then_some((style, from, to))
}

fn grid(point: &(f64, f64)) -> (i32, i32) {
    (libm::round(point.0 * GRID) as i32, libm::round(point.1 * GRID) as i32)
}

fn style(color: RGBColor, opacity: f64, width: f64) -> ShapeStyle {
    ShapeStyle { color: color.mix(opacity), filled: true, stroke_width: libm::round(width * GRID) as u32 }
}

fn text_style(text: &Text) -> TextStyle<'_> {
    let family = FontFamily::Name(FAMILY);
    let weight = if text.bold { FontStyle::Bold } else { FontStyle::Normal };
    let horizontal = match text.align {
        Align::Left => HPos::Left,
        Align::Center => HPos::Center,
        Align::Right => HPos::Right,
    };
    let font = (family, text.size * GRID * PLOTTERS_FONT_FACTOR, weight).into_font();
    TextStyle::from(font).color(&text.color).pos(Pos::new(horizontal, VPos::Top))
}
