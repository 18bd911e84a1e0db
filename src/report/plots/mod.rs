//! Pictures of a run, as SVG and, where asked for, as PNG.
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
//! A scene also says which shapes belong to a series (`Scene::part`), and what values places stand for (`Scene::spot`): `inline` makes
//! of that the pictures of `report.html`, in which readers switch series and point at values. The files leave it out.
//!
//! The bytes depend on the run alone: transforms use `libm`, nothing asks for the time, and fonts are embedded.
//!
//! To add a picture:
//! 1. write `x.rs` with `draw`, which takes a `Figure` and makes nothing of one without anything to show;
//! 2. let it say what is read from a cell and hand that to what lays it out: `multiples::draw` for a value and its interval
//!    over the axis of the sweep, `Bars` for parts of a whole, `Grid` and `frame` for anything else;
//! 3. add its line to the list below, with the title and the sentence that `report.md` has beside it.

mod arrange;
mod axis;
mod bars;
mod beside;
mod choice;
mod curves;
mod figure;
mod font;
mod frame;
mod inline;
mod keys;
mod labels;
mod latency;
mod layers;
mod multiples;
mod names;
pub(in crate::report) mod number;
mod pareto;
mod plot;
mod png_image;
mod quantity;
mod request;
mod scene;
mod spots;
mod survival;
mod svg;
#[cfg(test)]
mod tests;
mod theme;

use std::num::NonZeroUsize;
use std::thread;

use crate::experiment::{RunSummary, on_threads};
use figure::Figure;
pub use request::RequestDiagram;
use scene::Scene;

/// A picture, and what `report.md` says of it.
pub(super) struct Picture {
    /// Name of its files.
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    /// Sentence that says what it shows.
    pub(super) sentence: &'static str,
    draw: fn(&Figure<'_>) -> Option<Scene>,
}

macro_rules! pictures {
    ($($file:ident: $title:literal, $sentence:literal;)+) => {
        $(mod $file;)+

        /// Every picture, in the order of the page.
        pub(super) static PICTURES: [Picture; [$($title),+].len()] =
            [$(Picture { name: stringify!($file), title: $title, sentence: $sentence, draw: $file::draw }),+];
    };
}

pictures! {
    reliability: "Accepted requests", "How many requests are accepted, with 95 % intervals.";
    nines: "Requests in nines", "How many nines of requests are accepted, weighted by the exact law of the numbers of faulty nodes and of lost answers.";
    latency_ccdf: "Requests that still wait",
        "How many requests still wait after how long, up to the deadline; what is left there was never accepted.";
    latency_quantiles: "Quantiles of the latency", "Median, 90 % and 99 % quantile of the time to acceptance.";
    bytes: "Bytes by cause", "What a request costs in bytes, by cause.";
    uplink: "Load of the busiest uplink", "Mean load of the busiest uplink, and the most of a second.";
    holders: "Payload holders", "How many capability nodes hold the payload of a request.";
    savings: "Bytes saved", "What is saved against the baseline, of all answers and of all bytes.";
    trade_off: "Bytes against latency",
        "What a request costs in bytes, and how late the slowest hundredth of requests is accepted.";
    heat_map: "Accepted requests over two axes", "How many requests are accepted, over two axes of the sweep.";
    outcomes: "How requests end", "How requests end, and why those that were not accepted could not be.";
}

/// The vocabulary of pictures.
mod prelude {
    pub(super) use super::axis::{Axis, Stub, extent, rising, wants_log};
    pub(super) use super::bars::{Bars, Fill, Layer, Scale};
    pub(super) use super::curves::{self, Curve, Placed, Sample};
    pub(super) use super::figure::{Figure, Horizontal, value};
    pub(super) use super::frame::{self, Page, twice};
    pub(super) use super::labels::{Entry, Labels, Swatch, hatch};
    pub(super) use super::multiples::{self, Grid, Measure};
    pub(super) use super::plot::{self, Ground, Plot};
    pub(super) use super::quantity::{Quantity, sizes, with_unit};
    pub(super) use super::scene::{Align, Point, Rect, Scene, TEXT, Text};
    pub(super) use super::theme::{
        BASELINE, BLACK, BLUE, DEADLINE_DASH, FRAME, GREEN, GRID, INK, MUTED, Marker, ORANGE, PURPLE, SKY, Style,
        VERMILLION, WHITE, YELLOW, tint,
    };
    pub(super) use super::{choice, font, keys, latency, layers, number, pareto, spots};
    pub(super) use crate::experiment::{CellSummary, Metric, RunSummary};
    pub(super) use plotters::style::RGBColor;
}

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

/// Formats in which pictures are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Formats {
    /// SVG.
    Svg,
    /// SVG, and PNG too, which takes ten times as long.
    SvgAndPng,
}

impl Formats {
    /// SVG, and PNG if asked for.
    pub const fn new(png: bool) -> Self {
        if png { Self::SvgAndPng } else { Self::Svg }
    }
}

/// A picture that was drawn.
pub(super) struct Drawing {
    pub(super) picture: &'static Picture,
    /// Its files: name and bytes.
    pub(super) files: Vec<(String, Vec<u8>)>,
    /// The same as part of a page; the element `about-<name>` describes it.
    pub(super) inline: String,
}

/// Draws every picture that fits the run, in a fixed order.
///
/// A run without cells has no pictures, and a picture without anything to show is left out.
pub(super) fn draw(run: &RunSummary, formats: Formats) -> Result<Vec<Drawing>, PlotError> {
    let figure = Figure::new(run);
    let cores = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let drawn = on_threads(cores, PICTURES.len(), |at| drawing(&PICTURES[at], &figure, formats));
    drawn.into_iter().filter_map(Result::transpose).collect()
}

fn drawing(picture: &'static Picture, figure: &Figure<'_>, formats: Formats) -> Result<Option<Drawing>, PlotError> {
    let Some(scene) = (picture.draw)(figure) else { return Ok(None) };
    let Picture { name, title, .. } = picture;
    let mut files = vec![(format!("{name}.svg"), svg::render(&scene)?.into_bytes())];
    if formats == Formats::SvgAndPng {
        files.push((format!("{name}.png"), png_image::render(&scene)?));
    }
    let inline = inline::render(&scene, inline::TOP, title, &format!("about-{name}"));
    Ok(Some(Drawing { picture, files, inline }))
}

/// The pictures that fit the run, by name.
#[cfg(test)]
fn scenes(run: &RunSummary) -> Vec<(&'static str, Scene)> {
    let figure = Figure::new(run);
    PICTURES.iter().filter_map(|picture| (picture.draw)(&figure).map(|scene| (picture.name, scene))).collect()
}
