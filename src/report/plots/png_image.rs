//! A scene as PNG at twice the logical size.
//!
//! plotters' bitmap polygons have rough edges; drawn twice as large again and averaged, they are smooth.

use super::PlotError;
use super::font;
use super::scene::{Point, Scene, Shape, Text};
use plotters::prelude::{BitMapBackend, DrawingBackend};
use plotters::style::{Color, RGBColor, ShapeStyle};
use std::collections::BTreeMap;

/// Pixels of the file a logical unit.
const SCALE: usize = 2;
/// Drawn pixels a pixel of the file, each way.
const FINER: usize = 2;
const GRID: f64 = (SCALE * FINER) as f64;

/// Renders the scene.
pub(super) fn render(scene: &Scene) -> Result<Vec<u8>, PlotError> {
    let (width, height) = (scene.size.0 as usize * SCALE, scene.size.1 as usize * SCALE);
    let mut fine = vec![0xFF; width * height * FINER * FINER * 3];
    let mut backend = BitMapBackend::with_buffer(&mut fine, ((width * FINER) as u32, (height * FINER) as u32));
    for shape in &scene.shapes {
        match shape {
            Shape::Line { points, width, color } => stroke(&mut backend, points, *width, *color)?,
            Shape::Area { points, color, opacity } => {
                drawn(backend.fill_polygon(points.iter().map(grid), &color.mix(*opacity)))?;
            }
            Shape::Disc { center, radius, color } => disc(&mut backend, center, *radius, *color)?,
            Shape::Text { at, text } => write(&mut backend, *at, text)?,
        }
    }
    drawn(backend.present())?;
    drop(backend);
    encode(&average(&fine, width), width as u32, height as u32)
}

fn drawn<E: std::fmt::Display>(result: Result<(), E>) -> Result<(), PlotError> {
    result.map_err(|error| PlotError::Draw(error.to_string()))
}

fn grid(point: &Point) -> (i32, i32) {
    (libm::round(point.0 * GRID) as i32, libm::round(point.1 * GRID) as i32)
}

/// A line, segment by segment with round joints: plotters' own wide paths break where segments are shorter than the line
/// is wide, as the steps of a distribution are.
fn stroke(backend: &mut BitMapBackend<'_>, points: &[Point], width: f64, color: RGBColor) -> Result<(), PlotError> {
    for pair in points.windows(2) {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        let length = libm::sqrt((x1 - x0) * (x1 - x0) + (y1 - y0) * (y1 - y0));
        if length > 0.0 {
            let (nx, ny) = ((y0 - y1) / length * width / 2.0, (x1 - x0) / length * width / 2.0);
            let corners = [(x0 + nx, y0 + ny), (x1 + nx, y1 + ny), (x1 - nx, y1 - ny), (x0 - nx, y0 - ny)];
            drawn(backend.fill_polygon(corners.iter().map(grid), &color))?;
        }
    }
    for joint in points.iter().take(points.len() - 1).skip(1) {
        disc(backend, joint, width / 2.0, color)?;
    }
    Ok(())
}

fn disc(backend: &mut BitMapBackend<'_>, center: &Point, radius: f64, color: RGBColor) -> Result<(), PlotError> {
    let style = ShapeStyle { color: color.to_rgba(), filled: true, stroke_width: 1 };
    drawn(backend.draw_circle(grid(center), libm::round(radius * GRID) as u32, &style, true))
}

fn write(backend: &mut BitMapBackend<'_>, at: Point, text: &Text) -> Result<(), PlotError> {
    let pen = (text.room(at).left * GRID, at.1 * GRID);
    let mut result = Ok(());
    font::rasterize(&text.content, text.size * GRID, text.bold, pen, |px, py, coverage| {
        let pixel = drawn(backend.draw_pixel((px, py), text.color.mix(coverage).to_backend_color()));
        if result.is_ok() {
            result = pixel;
        }
    });
    result
}

/// The mean of each block of drawn pixels.
fn average(fine: &[u8], width: usize) -> Vec<u8> {
    let row = width * FINER * 3;
    let mut pixels = Vec::with_capacity(fine.len() / (FINER * FINER));
    for rows in fine.chunks_exact(row * FINER) {
        let (upper, lower) = rows.split_at(row);
        for (above, below) in upper.chunks_exact(3 * FINER).zip(lower.chunks_exact(3 * FINER)) {
            for channel in 0..3 {
                let sum = [above[channel], above[channel + 3], below[channel], below[channel + 3]].map(u16::from);
                pixels.push(((sum.iter().sum::<u16>() + 2) / 4) as u8);
            }
        }
    }
    pixels
}

/// A colour of the file.
type Rgb = [u8; 3];

/// The colours that occur most often, at most 256, and for every colour that occurs the index of the nearest of them.
///
/// Pictures have a few dozen colours and, where edges are smooth, some hundred mixtures of them; an index a pixel makes
/// files half as large, and no reader sees that a rare mixture is a little off.
fn palette(pixels: &[Rgb]) -> (Vec<Rgb>, BTreeMap<Rgb, u8>) {
    let mut counts: BTreeMap<Rgb, usize> = BTreeMap::new();
    for run in pixels.chunk_by(|a, b| a == b) {
        *counts.entry(run[0]).or_default() += run.len();
    }
    let mut colors: Vec<Rgb> = counts.keys().copied().collect();
    colors.sort_by_key(|color| std::cmp::Reverse(counts[color]));
    colors.truncate(256);
    let distance = |a: Rgb, b: Rgb| -> u32 {
        a.iter().zip(b).map(|(one, other)| u32::from(one.abs_diff(other))).map(|apart| apart * apart).sum()
    };
    let nearest = |color: Rgb| (0..colors.len()).min_by_key(|index| distance(colors[*index], color)).unwrap_or(0);
    let indices = counts.keys().map(|color| (*color, nearest(*color) as u8)).collect();
    (colors, indices)
}

fn encode(pixels: &[u8], width: u32, height: u32) -> Result<Vec<u8>, PlotError> {
    let (pixels, _) = pixels.as_chunks::<3>();
    let (colors, indices) = palette(pixels);
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_palette(colors.concat());
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Best);
    // Differences of indices mean nothing.
    encoder.set_filter(png::FilterType::NoFilter);
    encoder.set_adaptive_filter(png::AdaptiveFilterType::NonAdaptive);
    let mut indexed = Vec::with_capacity(pixels.len());
    for run in pixels.chunk_by(|a, b| a == b) {
        indexed.resize(indexed.len() + run.len(), indices[&run[0]]);
    }
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&indexed)?;
    writer.finish()?;
    Ok(bytes)
}

#[cfg(test)]
#[path = "tests/png_image.rs"]
mod tests;
