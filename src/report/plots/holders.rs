//! Share of requests that have at least so many payload holders: the distribution of their number, where it varies.

use super::prelude::*;
use super::survival::{Survival, choose};

/// Draws the picture; nothing where every request of a cell has as many holders as the others.
pub(super) fn draw(figure: &Figure<'_>) -> Option<Scene> {
    let varies = |cell: &CellSummary| cell.holders.iter().filter(|summary| summary.share > Some(0.0)).count() > 1;
    if !figure.run.cells.iter().any(varies) {
        return None;
    }
    figure.single(single)
}

fn single(figure: &Figure<'_>) -> Option<Scene> {
    let (curves, note) = choose(figure);
    let most = curves.iter().flat_map(|curve| &curve.cell.holders).map(|summary| summary.holders).max()?;
    let notes: Vec<String> = note.into_iter().collect();
    Some(twice(notes, |notes| picture(figure, &curves, most, notes)))
}

fn picture(figure: &Figure<'_>, curves: &[Survival<'_>], most: u32, notes: &[String]) -> (Scene, Option<String>) {
    let comma = if figure.is_numeric() { "," } else { "" };
    let mut page = Page::of(figure, &format!("Payload holders of a request{comma}"), "", notes);
    let entry = |curve: &Survival<'_>| {
        let detail = Some(format!("{} on average", number::short(mean(curve.cell))));
        Entry { detail, ..Entry::new(&curve.name, Swatch::Line(curve.style, curve.color)) }
    };
    let names = Labels::new(curves.iter().map(entry).collect());
    let plot = Rect { right: page.body.right - names.width(), ..page.body };
    let x = Axis::linear(0.0, f64::from(most), most.min(16) as usize, 1.0).between(plot.left, plot.right);
    let y = Axis::linear(0.0, 1.0, 6, 100.0).between(plot.bottom, plot.top);
    frame::value_axis(&mut page.scene, plot, &y, "Requests with at least so many holders [%]", true);
    frame::base_ticks(&mut page.scene, plot, &x, true);
    frame::axis_name(&mut page.scene, plot, 62.0, "Capability nodes that hold the payload");
    let lines: Vec<Vec<Point>> = curves.iter().map(|curve| line(curve.cell, most, &x, &y)).collect();
    let styles: Vec<Style> = curves.iter().map(|curve| curve.style).collect();
    let near = |a: &Point, b: &Point| (a.1 - b.1).abs() < layers::TOUCH;
    let touch = |below: usize, above: usize| lines[below].iter().zip(&lines[above]).all(|(a, b)| near(a, b));
    let layers = layers::layers(&styles, touch);
    for index in layers::upwards(&styles) {
        let curve = &curves[index];
        let draw = |scene: &mut Scene| layers[index].line(scene, &lines[index], curve.style, curve.color);
        page.scene.part(&curve.name, draw);
        tell(&mut page.scene, curve, most, (&x, &y));
    }
    names.draw(&mut page.scene, plot);
    (page.scene, layers::overlap_note(curves.iter().map(|curve| curve.name.as_str()).zip(layers)))
}

/// Shares of requests under the pointer, a number of holders each.
fn tell(scene: &mut Scene, curve: &Survival<'_>, most: u32, (x, y): (&Axis, &Axis)) {
    for holders in 1..=most {
        let share = at_least(curve.cell, holders);
        let words = format!("{holders} holders at least: {} of requests", number::percent(share));
        let at = (x.at(f64::from(holders)), y.at(share));
        scene.spot(spots::around(at), &curve.name, format!("{}\n{words}", curve.name).trim_start().to_owned());
    }
}

/// Share of requests with so many holders or more.
fn at_least(cell: &CellSummary, holders: u32) -> f64 {
    let more = cell.holders.iter().filter(|summary| summary.holders >= holders);
    more.filter_map(|summary| summary.share).filter(|share| share.is_finite()).sum::<f64>().clamp(0.0, 1.0)
}

/// Steps from all requests at none to those that have the most holders.
fn line(cell: &CellSummary, most: u32, x: &Axis, y: &Axis) -> Vec<Point> {
    let step = |holders: u32| {
        let height = y.at(at_least(cell, holders));
        [(x.at(f64::from(holders) - 1.0), height), (x.at(f64::from(holders)), height)]
    };
    (1..=most).flat_map(step).collect()
}

fn mean(cell: &CellSummary) -> f64 {
    let parts = cell.holders.iter().filter_map(|summary| Some(f64::from(summary.holders) * summary.share?));
    parts.filter(|part| part.is_finite()).sum()
}
