//! A scene as SVG, its text still text.

use super::PlotError;
use super::font::FAMILY;
use super::scene::{Align, HEIGHT, Scene, Shape, Text, WIDTH};
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
    let size = ((WIDTH * GRID) as u32, (HEIGHT * GRID) as u32);
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
        (format!("width=\"{}\" height=\"{}\"", size.0, size.1), format!("width=\"{WIDTH}\" height=\"{HEIGHT}\""));
    Ok(document.replacen(&fine, &logical, 1))
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
