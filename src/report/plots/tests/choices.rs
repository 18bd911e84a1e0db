//! Axes that are horizontal, that make series, that make panels.

use super::runs::*;
use super::*;
use crate::experiment::AxisValue;

/// The keys of the horizontal axis, of those that tell series apart, and of panels.
fn arranged(run: &RunSummary) -> (Vec<&str>, Vec<&str>, Vec<&str>) {
    let choice = choice::choose(run, None);
    let keys = |axes: &[usize]| axes.iter().map(|axis| run.axes[*axis].key.as_str()).collect::<Vec<_>>();
    let horizontal = choice.number.map_or(choice.categories.clone(), |axis| vec![axis]);
    (keys(&horizontal), keys(&choice.series), keys(&choice.panels))
}

fn numbers(count: u32) -> Vec<AxisValue> {
    (1..=count).map(|value| number(f64::from(value), "")).collect()
}

fn names(count: u32) -> Vec<AxisValue> {
    (1..=count).map(|value| text(&format!("name-{value}"))).collect()
}

fn sweep(axes: &[(&str, Vec<AxisValue>)]) -> RunSummary {
    product(axes, |place| cell(place, "attested", "f+1", 0.9, 300.0, 1_000.0))
}

const LOSS: &str = "network.loss";
const RULES: &str = "aggregator.rule_set";
const PAYLOAD: &str = "request.payload_size";
const HOLDERS: &str = "capability_don.payload_holders";

#[test]
fn without_a_sweep_there_is_one_category() {
    let run = sweep(&[]);
    assert_eq!(arranged(&run), (vec![], vec![], vec![]));
    let figure = Figure::new(&run);
    assert!(
        matches!(&figure.horizontal, figure::Horizontal::Categories { each: true, labels, .. } if labels.len() == 1)
    );
}

#[test]
fn one_axis_is_horizontal() {
    assert_eq!(arranged(&sweep(&[(LOSS, numbers(4))])), (vec![LOSS], vec![], vec![]));
    assert_eq!(arranged(&sweep(&[(RULES, names(4))])), (vec![RULES], vec![], vec![]));
    // An axis that is the same everywhere is none.
    assert_eq!(arranged(&sweep(&[(LOSS, numbers(1)), (RULES, names(4))])), (vec![RULES], vec![], vec![]));
}

#[test]
fn of_two_axes_one_makes_series() {
    assert_eq!(arranged(&sweep(&[(RULES, names(4)), (LOSS, numbers(2))])), (vec![LOSS], vec![RULES], vec![]));
    assert_eq!(arranged(&sweep(&[(LOSS, numbers(3)), (PAYLOAD, numbers(4))])), (vec![PAYLOAD], vec![LOSS], vec![]));
    assert_eq!(arranged(&sweep(&[(LOSS, numbers(4)), (PAYLOAD, numbers(4))])), (vec![LOSS], vec![PAYLOAD], vec![]));
    // Rule sets are what is compared, however many.
    assert_eq!(arranged(&sweep(&[(RULES, names(4)), (HOLDERS, names(2))])), (vec![HOLDERS], vec![RULES], vec![]));
}

#[test]
fn a_third_axis_makes_panels() {
    let (loss, rules, payload) = ((LOSS, numbers(5)), (RULES, names(3)), (PAYLOAD, numbers(3)));
    assert_eq!(arranged(&sweep(&[loss.clone(), rules.clone(), payload])), (vec![LOSS], vec![RULES], vec![PAYLOAD]));
    let run = sweep(&[rules.clone(), (HOLDERS, names(2)), loss.clone()]);
    assert_eq!(arranged(&run), (vec![LOSS], vec![RULES], vec![HOLDERS]));
    // Only of rule sets there are few enough for panels.
    let run = sweep(&[rules, loss, (PAYLOAD, numbers(7)), ("request.count", numbers(7))]);
    assert_eq!(arranged(&run), (vec![PAYLOAD], vec![RULES, "request.count"], vec![LOSS]));
    let run = sweep(&[(RULES, names(3)), (PAYLOAD, numbers(9)), ("request.count", numbers(7))]);
    assert_eq!(arranged(&run), (vec![PAYLOAD], vec!["request.count"], vec![RULES]));
    // Without numbers there is one plot.
    let run = sweep(&[(RULES, names(2)), (HOLDERS, names(3)), ("network.regions", names(2))]);
    assert_eq!(arranged(&run), (vec![HOLDERS], vec![RULES, "network.regions"], vec![]));
}

#[test]
fn series_of_numbers_say_what_is_counted() {
    let labels = |holders: [&str; 2]| -> Vec<String> {
        let run = sweep(&[(LOSS, numbers(3)), (HOLDERS, holders.map(text).into())]);
        Figure::new(&run).series.into_iter().map(|series| series.label).collect()
    };
    assert_eq!(labels(["f+1", "4"]), ["payload holders f+1", "payload holders 4"]);
    assert_eq!(labels(["f+1", "all"]), ["f+1", "all"]);
}

#[test]
fn many_axes_share_series_and_nothing_exceeds_sixteen() {
    let run = sweep(&[(LOSS, numbers(5)), (RULES, names(4)), (HOLDERS, names(2)), (PAYLOAD, numbers(3))]);
    assert_eq!(arranged(&run), (vec![LOSS], vec![RULES, HOLDERS], vec![PAYLOAD]));
    let run = sweep(&[(PAYLOAD, numbers(9)), ("request.count", numbers(7)), ("capability_don.f", numbers(7))]);
    assert_eq!(arranged(&run).2, Vec::<&str>::new());
    let figure = Figure::new(&run);
    assert_eq!(
        (figure.series.len(), figure.notes.as_slice()),
        (16, ["the first 16 of 49 series".to_owned()].as_slice())
    );
}

#[test]
fn axes_that_advance_together_are_one() {
    assert_eq!(arranged(&quickstart()), (vec![RULES, HOLDERS], vec![], vec![]));
    assert_eq!(arranged(&payloads()), (vec![PAYLOAD], vec![RULES, HOLDERS], vec![]));
    assert_eq!(choice::plane(&payloads()), None);
}

#[test]
fn two_numeric_axes_make_a_plane() {
    assert_eq!(choice::plane(&loss_sweep()), None);
    assert_eq!(choice::plane(&three(3)), Some((0, 2, vec![1])));
    assert_eq!(choice::plane(&three(6)), Some((2, 0, vec![1])));
    // N and F before all others.
    let n_and_f = [("capability_don.f", numbers(2)), (LOSS, numbers(9)), ("capability_don.nodes", numbers(3))];
    assert_eq!(choice::plane(&sweep(&n_and_f)), Some((2, 0, vec![1])));
}

#[test]
fn panels_rise_and_have_the_series_of_the_whole() {
    let mut run = three(3);
    run.cells.reverse();
    let figure = Figure::new(&run);
    let values: Vec<&str> = figure.panels.iter().map(|panel| panel.value.as_str()).collect();
    assert_eq!(values, ["1 KiB", "4 KiB", "16 KiB"]);
    let cells: usize = figure.panels.iter().map(|panel| panel.figure.cells().count()).sum();
    assert_eq!(cells, run.cells.len());
    for panel in &figure.panels {
        assert!(panel.figure.panels.is_empty() && panel.figure.horizontal == figure.horizontal);
        assert!(panel.figure.cells().all(|cell| cell.axes[2] == panel.figure.series[0].points[0].cell.axes[2]));
    }
}

#[test]
fn a_series_looks_the_same_in_every_picture() {
    let styles = |figure: &Figure<'_>| -> Vec<(String, theme::Style)> {
        let mut styles: Vec<_> = figure.series.iter().map(|series| (series.label.clone(), series.style)).collect();
        styles.sort_by(|a, b| a.0.cmp(&b.0));
        styles
    };
    for run in [three(3), three(6), payloads()] {
        let figure = Figure::new(&run);
        let along = figure.along(PAYLOAD);
        assert!(matches!(&along.horizontal, figure::Horizontal::Numbers(quantity) if quantity.key == PAYLOAD));
        assert_eq!(styles(&along), styles(&figure));
        for panel in figure.panels.iter().chain(&along.panels) {
            assert_eq!(styles(&panel.figure), styles(&figure));
        }
    }
}
