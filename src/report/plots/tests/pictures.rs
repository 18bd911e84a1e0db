//! What the pictures show, and where.

use super::runs::*;
use super::*;
use crate::experiment::{Estimate, Exact, HoldersSummary};
use plotters::style::RGBColor;
use scene::Point;

fn picture(run: &RunSummary, name: &str) -> Option<Scene> {
    scenes(run).into_iter().find(|(other, _)| *other == name).map(|(_, scene)| scene)
}

fn names(run: &RunSummary) -> Vec<&'static str> {
    scenes(run).into_iter().map(|(name, _)| name).collect()
}

/// The baseline of a text.
fn place(scene: &Scene, content: &str) -> Option<Point> {
    scene.shapes.iter().find_map(|shape| match shape {
        Shape::Text { at, text } if text.content == content => Some(*at),
        _ => None,
    })
}

fn says(scene: &Scene, part: &str) -> bool {
    texts(scene).iter().any(|text| text.contains(part))
}

/// Lines of a colour that are as thin as those of closed forms.
fn thin(scene: &Scene, color: RGBColor) -> Vec<&[Point]> {
    let mut lines = Vec::new();
    for shape in &scene.shapes {
        match shape {
            Shape::Line { points, width, color: c } if (width - 1.6).abs() < 0.01 && *c == color => {
                lines.push(points.as_slice());
            }
            _ => {}
        }
    }
    lines
}

/// Centres of discs of a colour that are not in the legend.
fn discs(scene: &Scene, color: RGBColor, least: f64) -> Vec<Point> {
    let disc = |shape: &Shape| match shape {
        Shape::Disc { center, radius, color: c } if *c == color && *radius >= least => Some(*center),
        _ => None,
    };
    scene.shapes.iter().filter_map(disc).collect()
}

#[test]
fn there_is_a_picture_for_what_there_is() {
    let usual = ["reliability", "latency_ccdf", "latency_quantiles", "bytes", "outcomes"];
    assert_eq!(names(&loss_sweep()), usual);
    assert!(names(&saving(loss_sweep())).contains(&"savings"));
    assert!(names(&payloads()).contains(&"trade_off"), "the cells of the others cost the same");
    assert!(names(&dons(false)).contains(&"heat_map"));
    assert!(names(&three(3)).contains(&"heat_map"));
}

/// Also where labels of categories take two lines, so that the name of their axis stands lower.
#[test]
fn a_picture_within_a_page_shows_all_its_texts() {
    for run in samples().into_iter().map(|(_, run)| run).chain([long_names()]) {
        for (name, scene) in scenes(&run) {
            let svg = inline::render(&scene, inline::TOP, name, "");
            let view = svg.split('"').nth(1).unwrap().split(' ').map(|number| number.parse().unwrap());
            let [_, top, _, height] = view.collect::<Vec<f64>>()[..] else { panic!("{svg}") };
            let baseline = |shape: &Shape| if let Shape::Text { at, .. } = shape { at.1 } else { 0.0 };
            let lowest = scene.shapes.iter().map(baseline).fold(0.0, f64::max);
            assert!(lowest + 5.0 <= top + height, "{name} of {}: {lowest} of {}", run.name, top + height);
        }
    }
}

#[test]
fn a_closed_form_is_a_thin_line_where_it_says() {
    let (plain, exact) = (loss_sweep(), exact(loss_sweep()));
    let mut moved = exact.clone();
    let form = moved.cells[2].exact.as_mut().unwrap();
    form.values[0].1 -= 0.5;
    let pictures = [&plain, &exact, &moved].map(|run| picture(run, "reliability").unwrap());
    assert!(thin(&pictures[0], theme::BLUE).is_empty() && !says(&pictures[0], "closed form"));
    assert!(says(&pictures[1], "line: closed form"));
    let [line, lowered] = [&pictures[1], &pictures[2]].map(|scene| thin(scene, theme::BLUE).concat());
    // The eighth cell has none, so the line ends before it.
    assert_eq!(line.len(), 7);
    let differing: Vec<usize> = (0..7).filter(|index| line[*index] != lowered[*index]).collect();
    assert_eq!(differing, [2]);
    // Half of the axis below.
    let unit = place(&pictures[1], "0").unwrap().1 - place(&pictures[1], "100").unwrap().1;
    assert!((lowered[2].1 - line[2].1 - unit / 2.0).abs() < 0.5);
}

#[test]
fn a_closed_form_too_small_for_its_axis_ends_where_that_breaks() {
    let mut run = exact(near_one());
    run.cells[2].exact.as_mut().unwrap().values[0].1 = 1.0 - 1e-9;
    let scene = picture(&run, "reliability").unwrap();
    // The right one of two panels.
    let thin = thin(&scene, theme::BLUE);
    let lines: Vec<_> = thin.iter().filter(|line| line[0].0 > scene::WIDTH / 2.0).collect();
    let [before, after] = lines[..] else { panic!("{lines:?}") };
    let (end, start, zero) = (before[before.len() - 1], after[0], place(&scene, "0").unwrap().1 - 6.5);
    assert_eq!((before.len(), after.len(), end.1 < zero), (3, 5, true), "{before:?} {after:?}");
    assert!((end.1 - start.1).abs() < 0.01 && end.0 < start.0 && before[0].1 > end.1, "{before:?} {after:?}");
}

#[test]
fn what_a_closed_form_vouches_for_is_hollow() {
    let hollow = |run: &RunSummary| {
        // Only the core of a hollow disc is white and small.
        let scene = picture(run, "reliability").unwrap();
        scene
            .shapes
            .iter()
            .filter(
                |shape| matches!(shape, Shape::Disc { radius, color, .. } if *color == theme::WHITE && *radius < 4.0),
            )
            .count()
    };
    assert_eq!((hollow(&loss_sweep()), hollow(&exact(loss_sweep()))), (0, 7));
}

#[test]
fn categories_have_short_lines_at_closed_forms() {
    let scene = picture(&exact(quickstart()), "reliability").unwrap();
    assert!(says(&scene, "short line: closed form"));
    let lines = thin(&scene, theme::VERMILLION);
    assert_eq!(lines.len(), 1);
    assert!((lines[0][1].0 - lines[0][0].0 - 34.0).abs() < 1e-9 && lines[0][0].1 == lines[0][1].1);
}

#[test]
fn the_exact_survival_lies_over_paler_steps() {
    let mut run = quickstart();
    let half = vec![(100.0, 1.0), (1_000.0, 0.1), (2_000.0, 0.1)];
    run.cells[1].exact = Ok(Exact { survival: half, ..Exact::default() });
    let scene = picture(&run, "latency_ccdf").unwrap();
    let lines = thin(&scene, theme::BLUE);
    assert_eq!(lines.len(), 1);
    assert!(says(&scene, "thin line: closed form"));
    let ten = place(&scene, "10").unwrap().1 - 6.5;
    // At a tenth from one second on, up to the deadline.
    let tail: Vec<&Point> = lines[0].iter().filter(|point| (point.1 - ten).abs() < 0.01).collect();
    assert_eq!(tail.len(), 3);
    let pale = theme::tint(theme::BLUE, 0.4);
    assert!(scene.shapes.iter().any(|shape| matches!(shape, Shape::Line { color, .. } if *color == pale)));
}

/// A run whose cells have OCR3 rounds, and holders of a varying number.
fn with_rounds(mut run: RunSummary) -> RunSummary {
    for cell in &mut run.cells {
        let share = |holders, share| HoldersSummary { holders, share: Some(share), ci_low: None, ci_high: None };
        cell.holders = vec![share(6, 0.25), share(9, 0.5), share(16, 0.25)];
        for metric in Metric::ALL.iter().filter(|metric| metric.is_of_rounds()) {
            let value = Some(if *metric == Metric::OcrProposalBytes { 400_000.0 } else { 1_000.0 });
            cell.estimates.push(Estimate { metric: *metric, value, ci_low: None, ci_high: None, n: 3000 });
        }
        for estimate in &mut cell.estimates {
            if matches!(estimate.metric, Metric::UplinkMean | Metric::UplinkPeak) {
                (estimate.value, estimate.ci_low, estimate.ci_high) = (Some(125_000.0), None, None);
            }
        }
    }
    run
}

#[test]
fn rounds_have_pictures_of_their_own() {
    let run = with_rounds(payloads());
    assert!(names(&run).contains(&"uplink") && names(&run).contains(&"holders"));
    let uplink = picture(&run, "uplink").unwrap();
    assert!(says(&uplink, "Mean [Mbit/s]") && says(&uplink, "Peak of a second [Mbit/s]"));
    assert!(texts(&uplink).contains(&"1.0"), "a million bits a second: {:?}", texts(&uplink));
    let holders = picture(&run, "holders").unwrap();
    assert!(says(&holders, "10 on average") && says(&holders, "Capability nodes that hold the payload"));
    assert!(says(&picture(&run, "bytes").unwrap(), "OCR proposals"));
    // Where all requests have as many there is nothing to show.
    let mut same = run;
    same.cells.iter_mut().for_each(|cell| cell.holders.truncate(1));
    assert!(picture(&same, "holders").is_none());
}

#[test]
fn latency_has_closed_forms_up_to_the_deadline() {
    let mut run = exact(loss_sweep());
    let scene = picture(&run, "latency_quantiles").unwrap();
    assert!(!thin(&scene, theme::BLUE).is_empty() && says(&scene, "line: closed form"));
    for cell in &mut run.cells {
        cell.exact = Ok(Exact { values: vec![(Metric::LatencyP50, 10_001.0)], ..Exact::default() });
    }
    let scene = picture(&run, "latency_quantiles").unwrap();
    assert!(thin(&scene, theme::BLUE).is_empty() && !says(&scene, "closed form"));
}

#[test]
fn savings_can_be_negative() {
    let scene = picture(&saving(payloads()), "savings").unwrap();
    let texts = texts(&scene);
    for text in
        ["Bytes saved as the payload grows", "Saved of all answers [%]", "Payload", "1 KiB", "256 KiB", "0", "100"]
    {
        assert!(texts.contains(&text), "{text}: {texts:?}");
    }
    let (zero, hundred) = (place(&scene, "0").unwrap().1 - 6.5, place(&scene, "100").unwrap().1 - 6.5);
    let blue = discs(&scene, theme::BLUE, 7.0);
    assert_eq!(blue.len(), 12, "six sizes of both measures");
    // The smallest payload costs more than before: 0.62 - 3,000 / 3,024.
    let expected = zero + (zero - hundred) * (3_000.0 / 3_024.0 - 0.62);
    assert!((blue[0].1 - expected).abs() < 0.5, "{} {expected}", blue[0].1);
    assert!(blue[5].1 < zero);
    assert!(picture(&payloads(), "savings").is_none());
}

#[test]
fn a_cell_is_one_marker_of_the_trade_off() {
    let run = payloads();
    let scene = picture(&run, "trade_off").unwrap();
    // A rim, and one disc in the legend.
    let markers = |color| discs(&scene, color, 6.0).iter().filter(|at| at.0 < 950.0).count();
    assert_eq!((markers(theme::BASELINE), markers(theme::BLUE)), (6, 6));
    // What is beyond the deadline lies on its line.
    let deadline = place(&scene, "10,000").unwrap().1 - 6.5;
    assert!(discs(&scene, theme::BLUE, 6.0).iter().filter(|at| at.0 < 950.0).all(|at| (at.1 - deadline).abs() < 0.01));
    assert!(says(&scene, "arrows: p99 beyond the deadline") && says(&scene, "dotted: deadline 10 s"));
    // Attested is cheaper than the baseline and as fast, for every payload.
    assert_eq!(discs(&scene, theme::BLACK, 10.0).len(), 6);
    assert!(says(&scene, "ring: not beaten in the same world") && says(&scene, "at the ends: payload"));
}

#[test]
fn only_choices_in_the_same_world_compete() {
    let best = |run: &RunSummary| pareto::best(run).into_iter().map(str::to_owned).collect::<Vec<_>>();
    let all = best(&payloads());
    assert!(all.len() == 6 && all.iter().all(|id| id.starts_with("attested")), "{all:?}");
    // Alone in its world each is best, which tells nothing.
    let mut alone = payloads();
    alone.cells.retain(|cell| cell.rule_set == "attested");
    assert!(best(&alone).is_empty());
    assert!(!says(&picture(&alone, "trade_off").unwrap(), "ring:"));
}

#[test]
fn a_heat_map_has_a_field_a_cell() {
    let run = dons(true);
    let scene = picture(&run, "heat_map").unwrap();
    for text in ["Accepted requests over N and F", "identical", "attested", "Accepted [%]", "19", "5"] {
        assert!(texts(&scene).contains(&text), "{text}");
    }
    assert!(says(&scene, "line: N = 3F + 1") && says(&scene, "hatched: not in the sweep"));
    // Rates are written in the middle of fields: 100 and 44 and so on, in black or white.
    let written = |color| {
        scene.shapes.iter().filter(|shape| matches!(shape, Shape::Text { text, .. } if text.color == color)).count()
    };
    let (black, white) = (written(theme::BLACK), written(theme::WHITE));
    assert_eq!(black + white, run.cells.len());
    assert!(black > 40 && white > 20, "{black} {white}");
}

#[test]
fn the_line_parts_too_few_nodes_from_enough() {
    let scene = picture(&dons(false), "heat_map").unwrap();
    let line = scene.shapes.iter().find_map(|shape| match shape {
        Shape::Line { points, color, .. } if *color == theme::VERMILLION => Some(points.as_slice()),
        _ => None,
    });
    let line = line.unwrap();
    // One step a row: between 4 and 7 nodes for F = 2, and so on up to between 13 and 16 for F = 5.
    let column = |x: f64| (x - line[0].0) / (line[9].0 - line[0].0) * 4.0;
    let steps: Vec<i32> = line.iter().step_by(2).map(|point| libm::round(column(point.0)) as i32).collect();
    assert_eq!(steps, [0, 1, 2, 3, 4]);
    let between =
        |left: &str, right: &str| f64::midpoint(place(&scene, left).unwrap().0, place(&scene, right).unwrap().0);
    assert!((line[9].0 - between("13", "16")).abs() < 0.01);
    // Nothing to part where all are feasible, or where the axes are others.
    let mut feasible = dons(false);
    feasible.cells.retain(|cell| cell.axes[0].number >= cell.axes[1].number.map(|f| 3.0 * f + 1.0));
    feasible.cells.retain(|cell| cell.axes[0].number.unwrap() >= 16.0);
    assert!(picture(&feasible, "heat_map").is_none(), "one colour tells nothing");
    feasible.cells[0].estimates[0].value = Some(0.5);
    assert!(!says(&picture(&feasible, "heat_map").unwrap(), "N = 3F"));
    assert!(!says(&picture(&three(3), "heat_map").unwrap(), "N = 3F"));
}

#[test]
fn too_many_fields_are_not_written_on() {
    let few = picture(&grid_of(15, 10), "heat_map").unwrap();
    let many = picture(&grid_of(16, 10), "heat_map").unwrap();
    let percents = |scene: &Scene| texts(scene).iter().filter(|text| **text == "75").count();
    assert_eq!((percents(&few), percents(&many)), (149, 0));
}

fn grid_of(columns: u32, rows: u32) -> RunSummary {
    let numbers = |count: u32| (1..=count).map(|value| number(f64::from(value), "")).collect::<Vec<_>>();
    let axes = [("network.jitter", numbers(columns)), ("network.other", numbers(rows))];
    product(&axes, |place| {
        let corner = place.iter().all(|value| value.number == Some(1.0));
        cell(place, "attested", "f+1", if corner { 0.5 } else { 0.75 }, 300.0, 1_000.0)
    })
}

#[test]
fn panels_share_axes_and_show_every_cell() {
    let run = three(3);
    let scene = picture(&run, "reliability").unwrap();
    let titles: Vec<Point> = ["payload = 1 KiB", "payload = 4 KiB", "payload = 16 KiB"]
        .iter()
        .filter_map(|title| place(&scene, title))
        .collect();
    assert_eq!(titles.len(), 3);
    assert!(titles.windows(2).all(|pair| pair[0].1 == pair[1].1 && pair[0].0 < pair[1].0));
    assert!(texts(&scene).contains(&"Accepted requests as messages get lost, by payload"));
    assert_eq!(texts(&scene).iter().filter(|text| **text == "100").count(), 1, "one value axis");
    let legend = 1;
    assert_eq!(discs(&scene, theme::BLUE, 6.0).len(), 5 * 3 + legend);
    // Every quantile that is drawn has a row.
    let latency = picture(&run, "latency_quantiles").unwrap();
    assert!(place(&latency, "p50 [ms]").unwrap().1 < place(&latency, "p99 [ms]").unwrap().1);
    // Pictures with one plot say which panel they show.
    for name in ["latency_ccdf", "bytes", "outcomes"] {
        assert!(says(&picture(&run, name).unwrap(), "payload = 16 KiB only"), "{name}");
    }
}

#[test]
fn panels_near_one_have_a_second_row() {
    let mut run = three(3);
    assert!(!says(&picture(&run, "reliability").unwrap(), "Not accepted"));
    for cell in &mut run.cells {
        cell.estimates[0].value = Some(0.999);
    }
    assert!(says(&picture(&run, "reliability").unwrap(), "Not accepted [%], logarithmic"));
}

#[test]
fn failures_without_a_reason_are_shown_by_outcome() {
    let scene = picture(&without_cause(), "outcomes").unwrap();
    for name in ["Accepted", "Failed", "Expired", "Accepted, wrong"] {
        assert!(texts(&scene).contains(&name), "{name}");
    }
    assert!(!says(&scene, "Other") && !says(&scene, "Crashed"));
}
