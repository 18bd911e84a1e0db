//! Pictures of made-up runs.

use super::scene::{HEIGHT, Shape, WIDTH};
use super::*;
use crate::experiment::{Axis, AxisValue, CellSummary, DoomSummary, Estimate, Metric};
use crate::sim::Doom;

fn text(value: &str) -> AxisValue {
    AxisValue { text: value.to_owned(), number: None, unit: "" }
}

fn number(value: f64, unit: &'static str) -> AxisValue {
    AxisValue { text: value.to_string(), number: Some(value), unit }
}

fn axis(key: &str, group: usize) -> Axis {
    Axis { key: key.to_owned(), group }
}

/// A cell whose latency is spread around `median` and of which `accepted` succeeds.
fn cell(axes: Vec<AxisValue>, rule_set: &str, holders: &str, accepted: f64, median: f64, payload: f64) -> CellSummary {
    let deadline_ms = 10_000.0;
    let survival: Vec<(f64, f64)> = (0..=60)
        .map(|step| (f64::from(step) / 60.0, step))
        .map(|(share, step)| {
            (median * libm::exp((share - 0.5) * 2.2 + share * share * 0.5), f64::from(60 - step) / 60.0)
        })
        .map(|(time, left)| (time, 1.0 - accepted * (1.0 - left * left)))
        .collect();
    let quantile = |level: f64| survival.iter().find(|step| step.1 <= 1.0 - level + 1e-12).map(|step| step.0);
    let estimates = Metric::ALL.iter().map(|metric| {
        let (value, spread) = match metric {
            Metric::Accepted | Metric::Served => (Some(accepted), 0.012 * (1.2 - accepted)),
            Metric::LatencyP50 => (quantile(0.5), median * 0.04),
            Metric::LatencyP90 => (quantile(0.9), median * 0.08),
            Metric::LatencyP99 => (quantile(0.99), median * 0.2),
            Metric::ResponseBytes => (Some(payload * 2.0), 10.0),
            Metric::DuplicatePayloadBytes => (Some(if holders == "all" { payload * 5.0 } else { payload * 1.5 }), 10.0),
            Metric::RequestBytes => (Some(6_400.0), 1.0),
            Metric::AttestationBytes => (Some(if rule_set == "identical" { 0.0 } else { 9_800.0 }), 1.0),
            Metric::ErrorBytes => (Some(if holders == "all" { 0.0 } else { 4_100.0 }), 1.0),
            Metric::EnvelopeBytes => (Some(7_300.0), 1.0),
            _ => (Some(0.0), 0.0),
        };
        let low = value.map(|value| (value - spread).max(0.0));
        let high =
            value.map(|value| value + spread).map(|high| if metric.unit() == "1" { high.min(1.0) } else { high });
        Estimate { metric: *metric, value, ci_low: low, ci_high: high, n: 3000 }
    });
    let id = format!("{rule_set}-{holders}");
    CellSummary {
        id,
        axes,
        rule_set: rule_set.to_owned(),
        payload_holders: holders.to_owned(),
        deadline_ms,
        estimates: estimates.collect(),
        survival,
        replicates: 3000,
        dooms: dooms(1.0 - accepted),
        faults: Vec::new(),
        exact: Err(String::new()),
        differences: Vec::new(),
    }
}

/// Every reason doomed as much, and all of them nearly all of what is `missing`.
fn dooms(missing: f64) -> Vec<DoomSummary> {
    let share = Some(missing * 0.95 / Doom::ALL.len() as f64);
    Doom::ALL.map(|reason| DoomSummary { reason, share, ci_low: share, ci_high: share }).into()
}

fn run(name: &str, axes: Vec<Axis>, cells: Vec<CellSummary>) -> RunSummary {
    RunSummary {
        name: name.to_owned(),
        id: "3f9c1a7e".to_owned(),
        replicates: 3000,
        axes,
        cells,
        expectations: Vec::new(),
    }
}

fn quickstart() -> RunSummary {
    let worlds = [("identical", "all", 1.0), ("identical", "f+1", 0.058), ("attested", "f+1", 1.0)];
    let cells = worlds.map(|(rule_set, holders, accepted)| {
        cell(vec![text(rule_set), text(holders)], rule_set, holders, accepted, 420.0, 65_536.0)
    });
    run("quickstart", vec![axis("aggregator.rule_set", 0), axis("capability_don.payload_holders", 0)], cells.into())
}

fn loss_sweep() -> RunSummary {
    let mut cells = Vec::new();
    for (rule_set, hurt, median) in [("identical", 4.2, 520.0), ("attested", 1.1, 400.0)] {
        for loss in [0.0, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3] {
            let accepted = libm::exp(-loss * loss * hurt * 9.0);
            let axes = vec![text(rule_set), number(loss, "")];
            cells.push(cell(axes, rule_set, "f+1", accepted, median * (1.0 + 2.0 * loss), 16_384.0));
        }
    }
    run("lossy-wan", vec![axis("aggregator.rule_set", 0), axis("network.response.loss", 1)], cells)
}

fn byzantine_sweep() -> RunSummary {
    let mut cells = Vec::new();
    for (rule_set, holders, step) in [
        ("identical", "all", 0.02),
        ("attested", "f+1", 0.06),
        ("attested_early_fail", "f+1", 0.18),
        ("hardened", "f+1", 0.0601),
    ] {
        for nodes in 0..6_u32 {
            let accepted = 1.0 - step * f64::from(nodes);
            let axes = vec![number(f64::from(nodes), ""), text(rule_set)];
            let median = 600.0 + 90.0 * f64::from(nodes) * if step == 0.18 { 0.4 } else { 1.0 };
            cells.push(cell(axes, rule_set, holders, accepted, median, 2_048.0));
        }
    }
    run("byzantine", vec![axis("faults.wrong_payload.nodes", 0), axis("aggregator.rule_set", 1)], cells)
}

fn near_one() -> RunSummary {
    let mut run = loss_sweep();
    for (index, cell) in run.cells.iter_mut().enumerate() {
        let missing =
            if index % 8 == 0 { 0.0 } else { 1e-5 * f64::from(1 << (index % 8)) * (1.0 + index as f64 / 8.0) };
        cell.estimates[0] = Estimate {
            metric: Metric::Accepted,
            value: Some(1.0 - missing),
            ci_low: Some(1.0 - missing * 1.5 - 1e-4),
            ci_high: Some(1.0 - missing * 0.6),
            n: 3000,
        };
    }
    run
}

fn grid(columns: u32, rows: u32, numeric: bool) -> RunSummary {
    let mut cells = Vec::new();
    for row in 0..rows {
        for column in 0..columns {
            let size = libm::pow(2.0, f64::from(10 + column));
            let place = if numeric { number(size, "bytes") } else { text(&format!("region-{column}")) };
            let name = format!("rule_{row}");
            let accepted = 0.99 - 0.02 * f64::from(row * column % 37);
            cells.push(cell(
                vec![place, text(&name)],
                &name,
                "f+1",
                accepted,
                200.0 + 50.0 * f64::from(row) + size / 4000.0,
                size,
            ));
        }
    }
    let key = if numeric { "request.payload_size" } else { "network.region" };
    run("grid", vec![axis(key, 0), axis("aggregator.rule_set", 1)], cells)
}

fn samples() -> Vec<(&'static str, RunSummary)> {
    vec![
        ("quickstart", quickstart()),
        ("loss", loss_sweep()),
        ("byzantine", byzantine_sweep()),
        ("near_one", near_one()),
        ("grid40", grid(8, 5, true)),
        ("grid_names", grid(8, 5, false)),
        ("grid300", grid(5, 60, true)),
        ("cells300", grid(300, 1, false)),
        ("long", long_names()),
        ("deadlines", deadlines()),
        ("narrow", narrow(quickstart())),
        ("narrow_loss", narrow(loss_sweep())),
        ("narrow_deadlines", narrow(censored_deadlines())),
    ]
}

/// Moves every latency into a band from 1.7 s to a little more than 1.8 s; a fifth of the cells is accepted rarely.
fn narrow(mut run: RunSummary) -> RunSummary {
    let squeeze = |time: f64| 1_700.0 + time.min(4_000.0) / 40.0;
    for (index, cell) in run.cells.iter_mut().enumerate() {
        cell.survival.iter_mut().for_each(|step| step.0 = squeeze(step.0));
        for estimate in &mut cell.estimates {
            if matches!(estimate.metric, Metric::LatencyP50 | Metric::LatencyP90 | Metric::LatencyP99) {
                for end in [&mut estimate.value, &mut estimate.ci_low, &mut estimate.ci_high] {
                    *end = end.map(squeeze);
                }
                if index % 5 == 1 {
                    (estimate.value, estimate.ci_high) = (None, None);
                }
            }
        }
    }
    run
}

/// A deadline a cell, beyond which something lies.
fn censored_deadlines() -> RunSummary {
    let mut run = loss_sweep();
    for (index, cell) in run.cells.iter_mut().enumerate() {
        cell.deadline_ms = 2_500.0 * (index % 8 + 1) as f64;
        cell.axes[1] = number(cell.deadline_ms, "ms");
        let p99 = cell.estimates.iter_mut().find(|estimate| estimate.metric == Metric::LatencyP99);
        p99.unwrap().ci_high = None;
    }
    run.axes[1].key = "aggregator.timeout".to_owned();
    run
}

fn long_names() -> RunSummary {
    let mut long = quickstart();
    long.name = "a_very_long_name ".repeat(30);
    long.axes[0].key = "network.a.key.that.never.ends".repeat(9);
    long.cells.iter_mut().for_each(|cell| cell.axes[0].text.push_str(&"→𝄞 tall\nstory ".repeat(20)));
    long
}

fn deadlines() -> RunSummary {
    let mut run = quickstart();
    run.axes = vec![axis("aggregator.timeout", 0)];
    for (index, cell) in run.cells.iter_mut().enumerate() {
        cell.rule_set = "attested".to_owned();
        cell.deadline_ms = 2500.0 * (index + 1) as f64;
        cell.axes = vec![number(cell.deadline_ms, "ms")];
    }
    run
}

/// Runs that nobody hopes for.
fn broken() -> Vec<RunSummary> {
    let mut nothing = quickstart();
    let mut nan = loss_sweep();
    let mut bare = byzantine_sweep();
    let mut timeless = quickstart();
    let mut single = loss_sweep();
    for cell in &mut nothing.cells {
        cell.survival.clear();
        cell.estimates
            .iter_mut()
            .for_each(|estimate| (estimate.value, estimate.ci_low, estimate.ci_high) = (None, None, None));
        cell.dooms.iter_mut().for_each(|doom| (doom.share, doom.ci_low, doom.ci_high) = (None, None, None));
    }
    for cell in &mut nan.cells {
        cell.survival = vec![(f64::NAN, 0.5), (f64::INFINITY, f64::NAN), (-3.0, 2.0)];
        cell.axes[1].number = Some(f64::NAN);
        cell.deadline_ms = f64::NAN;
        cell.estimates.iter_mut().for_each(|estimate| estimate.value = Some(f64::NAN));
        cell.dooms.iter_mut().for_each(|doom| doom.share = Some(f64::NAN));
        cell.dooms[0].share = Some(0.5);
    }
    for cell in &mut bare.cells {
        cell.estimates.clear();
        cell.axes.clear();
    }
    timeless.cells.iter_mut().for_each(|cell| cell.deadline_ms = 0.0);
    single.cells.retain(|cell| cell.axes[1].number == Some(0.1));
    single.replicates = 1;
    let mut huge = loss_sweep();
    huge.cells.iter_mut().flat_map(|cell| &mut cell.estimates).for_each(|estimate| estimate.value = Some(1e300));
    huge.cells.iter_mut().flat_map(|cell| &mut cell.dooms).for_each(|doom| doom.share = Some(1e300));
    vec![
        nothing,
        nan,
        bare,
        timeless,
        single,
        long_names(),
        huge,
        grid(5, 60, true),
        grid(300, 1, false),
        grid(60, 5, false),
    ]
}

#[test]
fn a_run_without_cells_has_no_pictures() {
    assert!(draw(&run("empty", Vec::new(), Vec::new())).unwrap().is_empty());
}

#[test]
fn every_picture_comes_as_svg_and_png_with_the_same_bytes_each_time() {
    let (first, second) = (draw(&quickstart()).unwrap(), draw(&quickstart()).unwrap());
    let names: Vec<&str> = first.iter().map(|(name, _)| name.as_str()).collect();
    let pictures = ["reliability", "latency_ccdf", "latency_quantiles", "bytes", "outcomes"];
    let expected: Vec<String> =
        pictures.iter().flat_map(|name| [format!("{name}.svg"), format!("{name}.png")]).collect();
    assert_eq!(names, expected);
    assert!(first == second, "bytes differ");
    assert!(first.iter().all(|(name, bytes)| name.ends_with("svg") || bytes.starts_with(b"\x89PNG")));
}

#[test]
fn svg_text_is_text() {
    let scenes = scenes(&quickstart());
    let svg = svg::render(&scenes[0].1).unwrap();
    assert!(svg.starts_with("<svg width=\"1200\" height=\"720\" viewBox=\"0 0 4800 2880\""), "{}", &svg[..90]);
    assert!(svg.contains("Accepted requests by rule set and holders\n</text>"));
    assert!(svg.contains("font-family=\"DejaVu Sans, sans-serif\""));
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
    let Shape::Text { at, text } = shape else { return None };
    let left = match text.align {
        scene::Align::Left => at.0,
        scene::Align::Center => at.0 - text.width() / 2.0,
        scene::Align::Right => at.0 - text.width(),
    };
    let (top, bottom) = (at.1 - text.size * 0.75, at.1 + text.size * 0.2);
    Some((scene::Rect { left, right: left + text.width(), top, bottom }, &text.content))
}

#[test]
fn no_run_makes_it_panic() {
    for run in broken() {
        for (_, scene) in scenes(&run) {
            svg::render(&scene).unwrap();
        }
    }
    draw(&broken()[5]).unwrap();
}

#[test]
fn the_world_before_is_grey_unless_it_is_alone() {
    let run = byzantine_sweep();
    let looks: Vec<theme::Look> = Study::new(&run).series.iter().map(|series| series.look).collect();
    assert_eq!(looks[0], theme::Look::BEFORE);
    assert_eq!(looks[1].color, theme::BLUE);
    let run = loss_sweep();
    assert_eq!(Study::new(&run).series[0].look.color, theme::BLUE);
}

#[test]
fn companions_of_an_axis_make_no_series() {
    let mut run = grid(4, 2, true);
    run.axes.push(axis("capability_don.f", 0));
    for cell in &mut run.cells {
        let place = cell.axes[0].clone();
        cell.axes.push(place);
    }
    assert_eq!(Study::new(&run).series.len(), 2);
}

#[test]
fn lines_on_each_other_are_said_so() {
    let scenes = scenes(&byzantine_sweep());
    let said = scenes[0].1.shapes.iter().filter_map(text_box).any(|(_, text)| text.contains("lie on each other"));
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
            let torn = |shape: &&Shape| matches!(shape, Shape::Area { color, .. } if *color == theme::WHITE);
            let tear = scene.shapes.iter().filter(torn).any(|shape| {
                let Shape::Area { points, .. } = shape else { return false };
                let (dx, dy) = (points[2].0 - points[0].0, points[2].1 - points[0].1);
                (dx - axis::BREAK).abs() < 1e-9 && dy > 300.0 || (dy - axis::BREAK).abs() < 1e-9 && dx > 200.0
            });
            assert!(tear, "{picture}");
        }
        assert!(texts(&scenes[2].1).iter().any(|text| text.contains("axis does not start at 0")));
    }
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
    let layers = curves::layers(&[0, 1, 2].map(theme::Look::nth), |_, _| true);
    let mut scene = Scene::default();
    for (index, layer) in layers.into_iter().enumerate() {
        let look = theme::Look::nth(index);
        layer.line(&mut scene, &[(100.0, 100.0), (500.0, 100.0)], look, look.color);
    }
    let strokes = |look: theme::Look| -> Vec<f64> {
        let of = |shape: &Shape| match shape {
            Shape::Line { width, color, .. } if *color == look.color => Some(*width),
            _ => None,
        };
        scene.shapes.iter().filter_map(of).collect()
    };
    let [below, middle, above] = [0, 1, 2].map(|index| strokes(theme::Look::nth(index)));
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
    for name in
        ["How requests end by rule set and holders", "Accepted", "Quorum unreachable", "Other: wrong or crashed"]
    {
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
    run.cells.iter_mut().for_each(|cell| cell.dooms = dooms(0.0));
    assert!(outcomes(&run).is_none());
}
