//! Pictures of made-up runs.

mod choices;
mod names;
mod pictures;
mod runs;

use super::scene::{HEIGHT, Shape, WIDTH};
use super::*;
use crate::experiment::{CellSummary, Metric};
use runs::*;

#[test]
fn a_run_without_cells_has_no_pictures() {
    assert!(draw(&run("empty", Vec::new(), Vec::new()), Formats::SvgAndPng).unwrap().is_empty());
}

#[test]
fn every_picture_comes_in_the_formats_asked_for_with_the_same_bytes_each_time() {
    let drawn = |formats| draw(&quickstart(), formats).unwrap().into_iter().flat_map(|it| it.files).collect::<Vec<_>>();
    let [first, second, svg] = [Formats::SvgAndPng, Formats::SvgAndPng, Formats::Svg].map(drawn);
    let names: Vec<&str> = first.iter().map(|(name, _)| name.as_str()).collect();
    let pictures = ["reliability", "latency_ccdf", "latency_quantiles", "bytes", "trade_off", "outcomes"];
    let expected: Vec<String> =
        pictures.iter().flat_map(|name| [format!("{name}.svg"), format!("{name}.png")]).collect();
    assert_eq!(names, expected);
    assert!(first == second, "bytes differ");
    assert!(first.iter().all(|(name, bytes)| name.ends_with("svg") || bytes.starts_with(b"\x89PNG")));
    assert!(svg.iter().eq(first.iter().filter(|(name, _)| name.ends_with("svg"))), "SVG files differ without PNG");
}

#[test]
fn svg_text_is_text() {
    let scenes = scenes(&quickstart());
    let svg = svg::render(&scenes[0].1).unwrap();
    let start = "<svg font-family=\"DejaVu Sans, sans-serif\" width=\"1200\" height=\"720\" viewBox=\"0 0 4800 2880\"";
    assert!(svg.starts_with(start), "{}", &svg[..140]);
    assert!(svg.contains("Accepted requests by rule set and holders\n</text>"));
    assert_eq!(svg.matches("font-family").count(), 1);
    let ccdf = svg::render(&scenes[1].1).unwrap();
    assert!(ccdf.contains("94.2 % never accepted") && ccdf.contains("deadline 10 s"));
}

#[test]
fn no_text_is_cut_or_covers_another() {
    for (name, run) in samples() {
        for (picture, scene) in scenes(&run) {
            let boxes: Vec<(scene::Rect, &str)> = scene.shapes.iter().filter_map(text_box).collect();
            for (index, (a, text)) in boxes.iter().enumerate() {
                let inside = a.left >= 0.0 && a.top >= 0.0 && a.right <= WIDTH && a.bottom <= HEIGHT;
                assert!(inside, "{name} {picture}: {text:?} is cut: {a:?}");
                let clash = boxes[..index]
                    .iter()
                    .find(|(b, _)| a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom);
                assert!(clash.is_none(), "{name} {picture}: {text:?} covers {clash:?}");
            }
        }
    }
}

fn text_box(shape: &Shape) -> Option<(scene::Rect, &str)> {
    let Shape::Text { text, .. } = shape else { return None };
    Some((beside::text_box(shape)?, &text.content))
}

#[test]
fn no_run_makes_it_panic() {
    for run in broken() {
        for (_, scene) in scenes(&run) {
            svg::render(&scene).unwrap();
        }
    }
    draw(&broken()[5], Formats::SvgAndPng).unwrap();
}

#[test]
fn the_baseline_is_grey_unless_it_is_alone() {
    let run = byzantine_sweep();
    let styles: Vec<theme::Style> = Figure::new(&run).series.iter().map(|series| series.style).collect();
    assert_eq!(styles[0], theme::Style::BASELINE);
    assert_eq!(styles[1].color, theme::BLUE);
    let run = loss_sweep();
    assert_eq!(Figure::new(&run).series[0].style.color, theme::BLUE);
}

#[test]
fn companions_of_an_axis_make_no_series() {
    let mut run = grid(4, 2, true);
    run.axes.push(axis("capability_don.f", 0));
    for cell in &mut run.cells {
        let place = cell.axes[0].clone();
        cell.axes.push(place);
    }
    assert_eq!(Figure::new(&run).series.len(), 2);
}

#[test]
fn lines_on_each_other_are_said_so() {
    let scenes = scenes(&byzantine_sweep());
    let said =
        scenes[0].1.shapes.iter().filter_map(text_box).any(|(_, text)| text.contains("mostly lie on each other"));
    assert!(said);
}

fn texts(scene: &Scene) -> Vec<&str> {
    scene.shapes.iter().filter_map(text_box).map(|(_, text)| text).collect()
}

#[test]
fn a_far_deadline_stands_behind_a_break() {
    for run in [narrow(quickstart()), narrow(loss_sweep())] {
        let scenes = scenes(&run);
        for (picture, scene) in &scenes[1..3] {
            let texts = texts(scene);
            assert!(texts.contains(&"1,700") && texts.contains(&"10,000"), "{picture}: {texts:?}");
            let white = |shape: &&Shape| matches!(shape, Shape::Area { color, .. } if *color == theme::WHITE);
            let gap = scene.shapes.iter().filter(white).any(|shape| {
                let Shape::Area { points, .. } = shape else { return false };
                let (dx, dy) = (points[2].0 - points[0].0, points[2].1 - points[0].1);
                (dx - axis::BREAK).abs() < 1e-9 && dy > 300.0 || (dy - axis::BREAK).abs() < 1e-9 && dx > 200.0
            });
            assert!(gap, "{picture}");
        }
        assert!(texts(&scenes[2].1).iter().any(|text| text.contains("axis does not start at 0")));
    }
}

#[test]
fn a_plot_with_everything_beyond_the_deadline_says_so() {
    let scenes = scenes(&late());
    let (_, scene) = scenes.iter().find(|(name, _)| *name == "latency_quantiles").unwrap();
    let texts = texts(scene);
    // Three panels of the 99 % quantile, whose only tick is the deadline; the median has its own.
    assert_eq!(texts.iter().filter(|text| **text == "all beyond the deadline").count(), 3);
    assert_eq!(texts.iter().filter(|text| **text == "10,000").count(), 1, "{texts:?}");
    assert!(!texts.iter().any(|text| ["0.0", "0.5", "1", "1.0"].contains(text)), "{texts:?}");
}

#[test]
fn a_deadline_that_nothing_reaches_is_left_out() {
    let mut run = narrow(loss_sweep());
    let known = |cell: &CellSummary| cell.estimate(Metric::LatencyP99).is_some_and(|p99| p99.ci_high.is_some());
    run.cells.retain(known);
    let scenes = scenes(&run);
    assert!(!texts(&scenes[2].1).contains(&"10,000"));
    assert!(texts(&scenes[2].1).iter().any(|text| text.contains("deadline 10 s")));
}

#[test]
fn what_is_near_one_has_a_second_panel_when_it_says_something() {
    let panels = |run: &RunSummary| {
        let scenes = scenes(run);
        let texts = texts(&scenes[0].1);
        let second = texts.iter().any(|text| text.starts_with("Not accepted"));
        (second, texts.iter().any(|text| text.contains("right panel: series above 90 %")))
    };
    let mut mixed = near_one();
    mixed.cells[..8].iter_mut().for_each(|cell| cell.estimates[0].value = Some(0.05));
    assert_eq!(panels(&near_one()), (true, false));
    assert_eq!(panels(&mixed), (true, true));
    mixed.cells[8..].iter_mut().for_each(|cell| cell.estimates[0].value = Some(1.0));
    assert_eq!(panels(&mixed), (false, false));
    // One value that is not near 1 keeps the whole series out.
    mixed.cells[12].estimates[0].value = Some(0.5);
    assert_eq!(panels(&mixed), (false, false));
    assert_eq!(panels(&quickstart()), (false, false));
}

#[test]
fn every_line_of_a_stack_is_seen() {
    let layers = layers::layers(&[0, 1, 2].map(theme::Style::nth), |_, _| true);
    let mut scene = Scene::default();
    for (index, layer) in layers.into_iter().enumerate() {
        let style = theme::Style::nth(index);
        layer.line(&mut scene, &[(100.0, 100.0), (500.0, 100.0)], style, style.color);
    }
    let strokes = |style: theme::Style| -> Vec<f64> {
        let of = |shape: &Shape| match shape {
            Shape::Line { width, color, .. } if *color == style.color => Some(*width),
            _ => None,
        };
        scene.shapes.iter().filter_map(of).collect()
    };
    let [below, middle, above] = [0, 1, 2].map(|index| strokes(theme::Style::nth(index)));
    assert!(below.len() == 1 && middle.len() == 1 && above.len() > 5, "only the uppermost is dashed");
    assert!(below[0] >= middle[0] + 5.0 && middle[0] >= above[0] + 5.0);
}

/// The picture of how requests end, if there is one.
fn outcomes(run: &RunSummary) -> Option<Scene> {
    scenes(run).into_iter().find(|(name, _)| *name == "outcomes").map(|(_, scene)| scene)
}

#[test]
fn requests_end_in_bars_of_equal_height() {
    let run = quickstart();
    let scene = outcomes(&run).unwrap();
    let texts = texts(&scene);
    for name in ["How requests end by rule set and holders", "Accepted", "Too few holders", "Other: wrong or crashed"] {
        assert!(texts.contains(&name), "{name}: {texts:?}");
    }
    // From place to place along the axis, which the lowest part of every bar stands on.
    let parts: Vec<(f64, f64, f64)> = scene.shapes.iter().filter_map(wide_box).collect();
    let ground = parts.iter().map(|part| part.2).fold(0.0, f64::max);
    let bars: Vec<f64> = parts.iter().filter(|part| (part.2 - ground).abs() < 1e-9).map(|part| part.0).collect();
    assert_eq!(bars.len(), run.cells.len());
    let tops = bars.iter().map(|left| {
        let own = parts.iter().filter(|part| (part.0 - left).abs() < 1e-9);
        own.map(|part| part.1).fold(f64::INFINITY, f64::min)
    });
    let tops: Vec<f64> = tops.collect();
    assert!(tops.iter().all(|top| (top - tops[0]).abs() < 1e-6), "{tops:?}");
}

/// Left, top and bottom of a part of a bar; samples in the legend are narrower.
fn wide_box(shape: &Shape) -> Option<(f64, f64, f64)> {
    let Shape::Area { points, .. } = shape else { return None };
    (points[2].0 - points[0].0 > 50.0).then(|| (points[0].0, points[0].1, points[2].1))
}

#[test]
fn without_failures_nobody_asks_why() {
    let mut run = loss_sweep();
    assert!(texts(&outcomes(&run).unwrap()).contains(&"Why requests fail as responses get lost"));
    for cell in &mut run.cells {
        cell.causes = causes(0.0);
        cell.estimates[0].value = Some(1.0);
    }
    assert!(outcomes(&run).is_none());
}
