//! A replicate with its baseline against others of its kind: large payloads against small ones, a sweep against one of its
//! cells, and the growth with the number of capability nodes. Every ratio is measured in turns and printed.

#![allow(clippy::disallowed_methods, reason = "a bench looks at the clock")]

#[path = "common/ratio.rs"]
mod ratio;

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use criterion::{Criterion, criterion_group, criterion_main};
use donsim::experiment::{Options, run};
use donsim::scenario::Scenario;
use ratio::in_turns;

/// Replicates that are timed together.
const REPLICATES: u32 = 16;
/// Eight cells that differ in rule set and loss.
const AXES: &str = "sweep.grid.aggregator.rule_set = [\"identical\", \"attested\"]\n\
                    sweep.grid.network.loss = [0, 0.01, 0.05, 0.1]\n";
/// One of them.
const ONE_CELL: [&str; 2] = ["aggregator.rule_set=attested", "network.loss=0"];

/// `N = 16`, `F = 5`, `M = 4`, one request under `attested`, unless `overrides` say otherwise.
fn scenario(overrides: &[&str]) -> Scenario {
    let text = format!("schema = 1\nrun.replicates = {REPLICATES}\ncapability_don.nodes = 16\n{AXES}");
    let overrides: Vec<String> = overrides.iter().map(ToString::to_string).collect();
    Scenario::parse(Path::new("bench.toml"), text, &overrides).expect("the scenario is right")
}

/// All replicates of all cells with their baselines, on one thread.
fn simulated(scenario: &Scenario) {
    let stop = AtomicBool::new(false);
    let options = Options::new(NonZeroUsize::MIN, &stop);
    run(scenario, options, &donsim::sim::simulate, &mut ()).expect("a thread starts");
}

fn times_of(one: &Scenario, other: &Scenario) -> f64 {
    let [one, other] = in_turns(|| simulated(one), || simulated(other));
    one.as_secs_f64() / other.as_secs_f64()
}

fn replicate(criterion: &mut Criterion) {
    let small = scenario(&ONE_CELL);
    criterion.bench_function("16 replicates of 1 KiB", |bencher| bencher.iter(|| simulated(&small)));
    let large = scenario(&[&ONE_CELL[..], &["request.payload_size=64KiB"]].concat());
    println!("64 KiB against 1 KiB: {:.2} times (1.25 wanted)", times_of(&large, &small));
    println!("8 cells against one: {:.2} times (2 wanted)", times_of(&scenario(&[]), &small));
}

fn growth(_: &mut Criterion) {
    println!("exponent of the time over N = 4 to 128, by least squares: {:.2} (1.1 wanted)", exponent(128, &[]));
    println!("the same with OCR rounds, N = 4 to 32: {:.2} (2.1 wanted)", exponent(32, &["capability_don.ocr=round"]));
}

/// Slope of the logarithm of the time over that of `N`, doubled from 4 to `most`.
fn exponent(most: u32, more: &[&str]) -> f64 {
    let sizes = std::iter::successors(Some(4), |nodes| Some(2 * nodes)).take_while(|nodes| *nodes <= most);
    let points: Vec<(f64, f64)> = sizes
        .map(|nodes| {
            let nodes_key = format!("capability_don.nodes={nodes}");
            let scenario = scenario(&[&ONE_CELL[..], more, &[&nodes_key]].concat());
            let [time, _] = in_turns(|| simulated(&scenario), || ());
            (libm::log(f64::from(nodes)), libm::log(time.as_secs_f64()))
        })
        .collect();
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let products = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum::<f64>();
    products / points.iter().map(|point| (point.0 - x) * (point.0 - x)).sum::<f64>()
}

criterion_group!(benches, replicate, growth);
criterion_main!(benches);
