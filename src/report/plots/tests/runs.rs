//! Made-up runs.

use crate::experiment::{Axis, AxisValue, CauseSummary, CellSummary, Estimate, Exact, Metric, RunSummary};
use crate::sim::FailureCause;

pub(super) fn text(value: &str) -> AxisValue {
    AxisValue { text: value.to_owned(), number: None, unit: "" }
}

pub(super) fn number(value: f64, unit: &'static str) -> AxisValue {
    AxisValue { text: value.to_string(), number: Some(value), unit }
}

pub(super) fn axis(key: &str, group: usize) -> Axis {
    Axis { key: key.to_owned(), group }
}

/// A cell whose latency is spread around `median` and of which `accepted` succeeds.
pub(super) fn cell(
    axes: Vec<AxisValue>,
    rule_set: &str,
    holders: &str,
    accepted: f64,
    median: f64,
    payload: f64,
) -> CellSummary {
    let deadline_ms = 10_000.0;
    let survival: Vec<(f64, f64)> = (0..=60)
        .map(|step| (f64::from(step) / 60.0, step))
        .map(|(share, step)| {
            (median * libm::exp((share - 0.5) * 2.2 + share * share * 0.5), f64::from(60 - step) / 60.0)
        })
        .map(|(time, left)| (time, 1.0 - accepted * (1.0 - left * left)))
        .collect();
    let quantile = |level: f64| survival.iter().find(|step| step.1 <= 1.0 - level + 1e-12).map(|step| step.0);
    let estimates =
        Metric::ALL.iter().filter(|metric| !metric.is_of_rounds() && !metric.is_of_strata()).map(|metric| {
            let (value, spread) = match metric {
                Metric::Accepted | Metric::Served => (Some(accepted), 0.012 * (1.2 - accepted)),
                Metric::LatencyP50 => (quantile(0.5), median * 0.04),
                Metric::LatencyP90 => (quantile(0.9), median * 0.08),
                Metric::LatencyP99 => (quantile(0.99), median * 0.2),
                Metric::ResponseBytes => (Some(payload * 2.0), 10.0),
                Metric::DuplicatePayloadBytes => {
                    (Some(if holders == "all" { payload * 5.0 } else { payload * 1.5 }), 10.0)
                }
                Metric::RequestBytes => (Some(6_400.0), 1.0),
                Metric::AttestationBytes => (Some(if rule_set == "identical" { 0.0 } else { 9_800.0 }), 1.0),
                Metric::ErrorBytes => (Some(if holders == "all" { 0.0 } else { 4_100.0 }), 1.0),
                Metric::EnvelopeBytes => (Some(7_300.0), 1.0),
                Metric::TotalBytes => (Some(payload * if holders == "all" { 7.0 } else { 3.5 } + 20_000.0), 1.0),
                Metric::SavedResponse | Metric::SavedTotal => (None, 0.0),
                _ => (Some(0.0), 0.0),
            };
            let low = value.map(|value| (value - spread).max(0.0));
            let high =
                value.map(|value| value + spread).map(|high| if metric.unit() == "1" { high.min(1.0) } else { high });
            Estimate { metric: *metric, value, ci_low: low, ci_high: high, n: 3000 }
        });
    let place: Vec<&str> = axes.iter().map(|value| value.text.as_str()).collect();
    let id = format!("{rule_set}-{holders}-{}", place.join("-"));
    CellSummary {
        id,
        axes,
        rule_set: rule_set.to_owned(),
        payload_holders: holders.to_owned(),
        deadline_ms,
        estimates: estimates.collect(),
        survival,
        replicates: 3000,
        ended: None,
        causes: causes(1.0 - accepted),
        holders: Vec::new(),
        faults: Vec::new(),
        exact: Err(String::new()),
        differences: Vec::new(),
    }
}

/// Every cause as often as the others, and all of them nearly all of what is `missing`.
pub(super) fn causes(missing: f64) -> Vec<CauseSummary> {
    let share = Some(missing * 0.95 / FailureCause::SINGLE.len() as f64);
    FailureCause::SINGLE.map(|cause| CauseSummary { cause, share, ci_low: share, ci_high: share }).into()
}

pub(super) fn run(name: &str, axes: Vec<Axis>, cells: Vec<CellSummary>) -> RunSummary {
    RunSummary {
        name: name.to_owned(),
        id: "3f9c1a7e".to_owned(),
        replicates: 3000,
        axes,
        cells,
        expectations: Vec::new(),
    }
}

pub(super) fn quickstart() -> RunSummary {
    let worlds = [("identical", "all", 1.0), ("identical", "f+1", 0.058), ("attested", "f+1", 1.0)];
    let cells = worlds.map(|(rule_set, holders, accepted)| {
        cell(vec![text(rule_set), text(holders)], rule_set, holders, accepted, 420.0, 65_536.0)
    });
    run("quickstart", vec![axis("aggregator.rule_set", 0), axis("capability_don.payload_holders", 0)], cells.into())
}

pub(super) fn loss_sweep() -> RunSummary {
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

pub(super) fn byzantine_sweep() -> RunSummary {
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

pub(super) fn near_one() -> RunSummary {
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

pub(super) fn grid(columns: u32, rows: u32, numeric: bool) -> RunSummary {
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

pub(super) fn samples() -> Vec<(&'static str, RunSummary)> {
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
        ("exact", exact(quickstart())),
        ("exact_loss", exact(loss_sweep())),
        ("exact_near_one", exact(near_one())),
        ("payloads", saving(payloads())),
        ("saving_loss", saving(loss_sweep())),
        ("saving_names", saving(quickstart())),
        ("three", exact(saving(three(3)))),
        ("six", saving(three(6))),
        ("dons", dons(false)),
        ("dons_rules", dons(true)),
        ("without_cause", without_cause()),
        ("late", late()),
        ("similar_names", similar_names()),
        ("similar_series", similar_series()),
    ]
}

/// Moves every latency into a band from 1.7 s to a little more than 1.8 s; a fifth of the cells is accepted rarely.
pub(super) fn narrow(mut run: RunSummary) -> RunSummary {
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
pub(super) fn censored_deadlines() -> RunSummary {
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

pub(super) fn long_names() -> RunSummary {
    let mut long = quickstart();
    long.name = "a_very_long_name ".repeat(30);
    long.axes[0].key = "network.a.key.that.never.ends".repeat(9);
    long.cells.iter_mut().for_each(|cell| cell.axes[0].text.push_str(&"→𝄞 tall\nstory ".repeat(20)));
    long
}

pub(super) fn deadlines() -> RunSummary {
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
pub(super) fn broken() -> Vec<RunSummary> {
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
        cell.causes.iter_mut().for_each(|cause| (cause.share, cause.ci_low, cause.ci_high) = (None, None, None));
    }
    for cell in &mut nan.cells {
        cell.survival = vec![(f64::NAN, 0.5), (f64::INFINITY, f64::NAN), (-3.0, 2.0)];
        cell.axes[1].number = Some(f64::NAN);
        cell.deadline_ms = f64::NAN;
        cell.estimates.iter_mut().for_each(|estimate| estimate.value = Some(f64::NAN));
        cell.causes.iter_mut().for_each(|cause| cause.share = Some(f64::NAN));
        cell.causes[0].share = Some(0.5);
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
    huge.cells.iter_mut().flat_map(|cell| &mut cell.causes).for_each(|cause| cause.share = Some(1e300));
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

/// What the axes of a sweep are called, and their values.
type Sweep<'s> = [(&'s str, Vec<AxisValue>)];

/// Every combination of the values of `axes`, the last fastest, as `make` has it.
pub(super) fn product(axes: &Sweep<'_>, make: impl Fn(Vec<AxisValue>) -> CellSummary) -> RunSummary {
    let mut places: Vec<Vec<AxisValue>> = vec![Vec::new()];
    for (_, values) in axes {
        let more = |place: &Vec<AxisValue>| {
            let place = place.clone();
            values.iter().map(move |value| [place.as_slice(), std::slice::from_ref(value)].concat()).collect::<Vec<_>>()
        };
        places = places.iter().flat_map(more).collect();
    }
    let keys = axes.iter().enumerate().map(|(group, (key, _))| axis(key, group)).collect();
    run("product", keys, places.into_iter().map(make).collect())
}

pub(super) fn losses() -> Vec<AxisValue> {
    [0.0, 0.01, 0.05, 0.1, 0.2].map(|loss| number(loss, "")).into()
}

pub(super) fn rules() -> Vec<AxisValue> {
    ["identical", "attested", "attested_early_fail"].map(text).into()
}

pub(super) fn sizes(count: u32) -> Vec<AxisValue> {
    (0..count).map(|step| number(1024.0 * f64::from(1 << (2 * step)), "bytes")).collect()
}

/// Loss, rule sets and as many payload sizes.
pub(super) fn three(count: u32) -> RunSummary {
    let axes = [("network.loss", losses()), ("aggregator.rule_set", rules()), ("request.payload_size", sizes(count))];
    product(&axes, |place| {
        let (loss, size) = (place[0].number.unwrap(), place[2].number.unwrap());
        let rule = place[1].text.clone();
        let hurt = rules().iter().position(|other| other.text == rule).unwrap() as f64;
        let accepted = 1.0 - loss * (2.0 - hurt * 0.9);
        cell(place, &rule, "f+1", accepted, 300.0 + 500.0 * loss + size / 4_000.0, size)
    })
}

/// The quickstart's worlds over six payload sizes.
pub(super) fn payloads() -> RunSummary {
    let mut cells = Vec::new();
    for (rule_set, holders, accepted) in
        [("identical", "all", 1.0), ("identical", "f+1", 0.06), ("attested", "f+1", 1.0)]
    {
        for size in sizes(6) {
            let payload = size.number.unwrap();
            let axes = vec![text(rule_set), text(holders), size];
            cells.push(cell(axes, rule_set, holders, accepted, 400.0 + payload / 2_000.0, payload));
        }
    }
    let key = axis("request.payload_size", 1);
    run("payloads", vec![axis("aggregator.rule_set", 0), axis("capability_don.payload_holders", 0), key], cells)
}

/// N over F without what cannot be built, and, if asked for, under several rule sets.
pub(super) fn dons(rule_sets: bool) -> RunSummary {
    let whole = |values: &[u32]| values.iter().map(|value| number(f64::from(*value), "")).collect::<Vec<_>>();
    let rules = if rule_sets { rules() } else { vec![text("attested")] };
    let axes = [
        ("capability_don.nodes", whole(&[4, 7, 10, 13, 16, 19])),
        ("capability_don.f", whole(&[1, 2, 3, 4, 5])),
        ("aggregator.rule_set", rules),
    ];
    let mut run = product(&axes, |place| {
        let (n, f, rule) = (place[0].number.unwrap(), place[1].number.unwrap(), place[2].text.clone());
        let accepted = (n / (3.0 * f + 1.0)).min(1.0) * if rule == "identical" { 0.3 } else { 1.0 };
        cell(place, &rule, "f+1", accepted, 300.0 + 10.0 * n, 1_024.0)
    });
    run.cells.retain(|cell| cell.axes[0].number > cell.axes[1].number);
    run
}

/// Gives every cell savings: less than nothing for small payloads.
pub(super) fn saving(mut run: RunSummary) -> RunSummary {
    for cell in &mut run.cells {
        let bytes = cell.estimate(Metric::ResponseBytes).and_then(|bytes| bytes.value).unwrap() / 2.0;
        let saved = if cell.payload_holders == "all" { 0.0 } else { 0.62 - 3_000.0 / (bytes + 2_000.0) };
        for (metric, saved) in [(Metric::SavedResponse, saved), (Metric::SavedTotal, saved * 0.5)] {
            let estimate = cell.estimates.iter_mut().find(|estimate| estimate.metric == metric).unwrap();
            (estimate.value, estimate.ci_low, estimate.ci_high) = (Some(saved), Some(saved - 0.02), Some(saved + 0.02));
        }
    }
    run
}

/// Gives most cells closed forms near what they simulated.
pub(super) fn exact(mut run: RunSummary) -> RunSummary {
    for (index, cell) in run.cells.iter_mut().enumerate().filter(|(index, _)| index % 8 != 7) {
        let off = 1.0 - 0.01 * (index % 3) as f64;
        let value = |metric: Metric| {
            let value = cell.estimate(metric)?.value?;
            Some((metric, if metric == Metric::Accepted { 1.0 - (1.0 - value) * off } else { value * off }))
        };
        let metrics = [Metric::Accepted, Metric::LatencyP50, Metric::LatencyP90, Metric::LatencyP99];
        let survival = cell.survival.iter().map(|(time, share)| (time * off, *share)).collect();
        cell.exact =
            Ok(Exact { values: metrics.into_iter().filter_map(value).collect(), survival, missing: String::new() });
    }
    run
}

/// Requests that fail without a cause.
pub(super) fn without_cause() -> RunSummary {
    let mut run = loss_sweep();
    for cell in &mut run.cells {
        cell.causes = causes(0.0);
        let missing = 1.0 - cell.estimates[0].value.unwrap();
        for (metric, share) in [(Metric::Failed, 0.5), (Metric::Expired, 0.3), (Metric::AcceptedWrong, 0.2)] {
            let estimate = cell.estimates.iter_mut().find(|estimate| estimate.metric == metric).unwrap();
            estimate.value = Some(missing * share);
        }
    }
    run
}

/// Every 99 % quantile lies beyond the deadline, and nothing else is known of it.
pub(super) fn late() -> RunSummary {
    let mut run = three(3);
    for cell in &mut run.cells {
        let p99 = cell.estimates.iter_mut().find(|estimate| estimate.metric == Metric::LatencyP99).unwrap();
        (p99.value, p99.ci_low, p99.ci_high) = (None, None, None);
    }
    run
}

/// Ten long names that differ in their middles, at their ends, and where the font has no glyphs.
pub(super) fn similar() -> Vec<AxisValue> {
    let middles =
        ["first", "second", "third"].map(|middle| format!("europe_west_availability_{middle}_of_the_cluster"));
    let ends = (1..=5).map(|end| format!("a deployment in which nothing differs but the last word {end}"));
    let scripts = ["\u{6771}\u{4eac}", "\u{5927}\u{962a}"].map(str::to_owned);
    middles.into_iter().chain(ends).chain(scripts).map(|name| text(&name)).collect()
}

/// Categories that are easily mistaken for each other.
pub(super) fn similar_names() -> RunSummary {
    product(&[("network.regions", similar()), ("aggregator.rule_set", rules())], |place| {
        let rule = place[1].text.clone();
        cell(place, &rule, "f+1", 0.9, 300.0, 1_000.0)
    })
}

/// The same as series.
pub(super) fn similar_series() -> RunSummary {
    product(&[("network.loss", losses()), ("network.regions", similar())], |place| {
        let accepted = 1.0 - place[0].number.unwrap();
        cell(place, "attested", "f+1", accepted, 300.0, 1_000.0)
    })
}
