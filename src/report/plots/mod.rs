//! Pictures of a run, as SVG and PNG.
//!
//! A picture is drawn once, into a `scene::Scene` of lines, areas and texts on a logical canvas of 1200 x 720; the two
//! renderers hand that list to plotters' backends. So both files show the same, tests can look at what was drawn, and a
//! picture knows nothing of pixels. Which axis is horizontal, and what makes a series, is decided once a run by
//! `figure::Figure`, so that a series keeps its colour from picture to picture.
//!
//! How a sweep is arranged is told in `choice`. Three axes make small multiples of what is compared point by point
//! (`reliability`, `latency_quantiles`, `savings`, `trade_off`); pictures that need all the room show the last panel that has
//! something to show, and say so. Where cells have closed forms, those are thin solid lines under hollow markers.
//!
//! The bytes depend on the run alone: transforms use `libm`, nothing asks for the time, and fonts are embedded.

mod arrange;
mod axis;
mod bars;
mod beside;
mod bytes;
mod choice;
mod curves;
mod figure;
mod font;
mod frame;
mod heat_map;
mod keys;
mod labels;
mod latency;
mod latency_ccdf;
mod latency_quantiles;
mod layers;
mod multiples;
mod names;
mod number;
mod outcomes;
mod pareto;
mod plot;
mod png_image;
mod quantity;
mod reliability;
mod savings;
mod scene;
mod survival;
mod svg;
#[cfg(test)]
mod tests;
mod theme;
mod trade_off;

use crate::experiment::RunSummary;
use figure::Figure;
use scene::Scene;

/// Reason that a picture could not be written.
#[derive(Debug, thiserror::Error)]
pub enum PlotError {
    /// A drawing backend refused a shape.
    #[error("cannot draw a plot: {0}")]
    Draw(String),
    /// The PNG could not be encoded.
    #[error("cannot encode a plot as PNG: {0}")]
    Png(#[from] png::EncodingError),
}

/// Draws every picture that fits the run, each as SVG and as PNG: (file name, bytes), in a fixed order.
///
/// A run without cells has no pictures, and a picture without anything to show is left out.
///
/// # Errors
/// When a backend or the PNG encoder fails; both write to memory, so neither is expected to.
pub fn draw(run: &RunSummary) -> Result<Vec<(String, Vec<u8>)>, PlotError> {
    let mut files = Vec::new();
    for (name, scene) in scenes(run) {
        files.push((format!("{name}.svg"), svg::render(&scene)?.into_bytes()));
        files.push((format!("{name}.png"), png_image::render(&scene)?));
    }
    Ok(files)
}

/// The pictures that fit the run, by name.
fn scenes(run: &RunSummary) -> Vec<(&'static str, Scene)> {
    type Draw = fn(&Figure<'_>) -> Option<Scene>;
    let pictures: [(&str, Draw); 8] = [
        ("reliability", reliability::draw),
        ("latency_ccdf", latency_ccdf::draw),
        ("latency_quantiles", latency_quantiles::draw),
        ("bytes", bytes::draw),
        ("savings", savings::draw),
        ("trade_off", trade_off::draw),
        ("heat_map", heat_map::draw),
        ("outcomes", outcomes::draw),
    ];
    let figure = Figure::new(run);
    pictures.into_iter().filter_map(|(name, draw)| draw(&figure).map(|scene| (name, scene))).collect()
}
