//! The simulator against mathematics: what is simulated agrees with the closed forms of `donsim::closed_form`, in many
//! configurations under every rule set.
//!
//! A share over `n` replicates that lies `x` away from its law is refused when the probability of so much is below one
//! in a million for all checks together. That probability is bounded by `2 exp(-n KL)`, which holds for the mean of any
//! independent numbers between 0 and 1. Draws are keyed and the seed is fixed, so the outcome is always the same.
//!
//! `DONSIM_REPLICATES` is the number of replicates of every configuration, 10,000 unless said. The long run is
//!
//! ```text
//! DONSIM_REPLICATES=1000000 cargo test --release --test closed_form -- --nocapture few
//! ```

#[path = "../common/allocator.rs"]
mod allocator;
#[path = "../common/mod.rs"]
#[expect(dead_code, reason = "only the plain world is needed here")]
mod common;

mod cases;
mod count;

use donsim::closed_form::{self, ClosedForm};
use donsim::engine::Span;
use donsim::sim::Setup;

use count::count;

/// The probability with which a right simulator is refused, at most.
const LUCK: f64 = 1e-6;

/// Replicates of a comparison, unless `DONSIM_REPLICATES` says otherwise.
const REPLICATES: u64 = 10_000;

/// Shares of what is accepted whose latencies are compared.
const LEVELS: [f64; 4] = [0.05, 0.35, 0.75, 0.97];

/// A share of a configuration's requests, and its law.
struct Check {
    case: &'static str,
    what: String,
    kind: Kind,
    law: f64,
    tolerance: f64,
}

/// What is counted.
#[derive(Clone, Copy)]
enum Kind {
    /// Requests that end with this outcome.
    Outcome(donsim::sim::Outcome),
    /// Requests that are accepted within this time.
    Within(Span),
}

fn checks(case: &'static str, form: &ClosedForm) -> Vec<Check> {
    use donsim::sim::Outcome as O;
    let mut rates = vec![
        (O::Accepted, form.accepted),
        (O::AcceptedTainted, 0.0),
        (O::AcceptedWrong, form.accepted_wrong),
        (O::Crashed, form.crashed),
    ];
    if let Ok(otherwise) = &form.otherwise {
        rates.extend([
            (O::Failed, otherwise.failed),
            (O::Expired, otherwise.expired),
            (O::NoAgreement, otherwise.no_agreement),
        ]);
    }
    let check = |what: String, kind, law| Check { case, what, kind, law, tolerance: form.tolerance };
    let rate = |(outcome, law): (O, f64)| check(outcome.name().to_owned(), Kind::Outcome(outcome), law);
    let within = |level: f64| {
        let nanos = form.latency_quantile(level * form.accepted).filter(|_| form.accepted > 0.0)?;
        let what = format!("within {:.3} ms", nanos / 1e6);
        Some(check(what, Kind::Within(Span::from_nanos(nanos as u64)), form.latency_cdf(nanos).ok()?))
    };
    let latencies: Vec<Check> = LEVELS.into_iter().filter_map(within).collect();
    rates.into_iter().map(rate).chain(latencies).collect()
}

impl Check {
    /// The logarithm of how probable it is at most to see this or worse.
    fn log_chance(&self, observed: f64, replicates: u64) -> f64 {
        let low = (self.law - self.tolerance).max(0.0);
        let nearest = observed.clamp(low, (self.law + self.tolerance).min(1.0));
        let part = |p: f64, q: f64| if p > 0.0 { p * libm::log(p / q) } else { 0.0 };
        let entropy = part(observed, nearest) + part(1.0 - observed, 1.0 - nearest);
        (core::f64::consts::LN_2 - replicates as f64 * entropy.max(0.0)).min(0.0)
    }
}

fn replicates() -> u64 {
    let text = std::env::var_os("DONSIM_REPLICATES").map(|value| value.to_string_lossy().into_owned());
    text.map_or(REPLICATES, |text| text.parse().expect("DONSIM_REPLICATES is a whole number"))
}

/// Up to ten nodes: more than 25 configurations, and cheap enough for a million replicates each in half an hour.
#[test]
fn few_nodes_agree_with_mathematics() {
    compare(|setup| setup.capability_don.nodes <= 10, (40, 30));
}

#[test]
fn many_nodes_agree_with_mathematics() {
    compare(|setup| setup.capability_don.nodes > 10, (7, 5));
}

/// Compares the configurations that are `chosen`: so many at least, and so many laws of latencies.
fn compare(chosen: impl Fn(&Setup) -> bool, (least, least_laws): (usize, usize)) {
    let replicates = replicates();
    let all = cases::all();
    let form = |(name, setup): &(&'static str, Setup)| {
        checks(name, &closed_form::of(setup).unwrap_or_else(|why| panic!("{name}: {why}")))
    };
    // Of all configurations, so that both tests together keep to their chance of bad luck.
    let limit = libm::log(LUCK / all.iter().map(|case| form(case).len()).sum::<usize>() as f64);
    let cases: Vec<(&'static str, Setup)> = all.into_iter().filter(|(_, setup)| chosen(setup)).collect();
    assert!(cases.len() >= least, "{}", cases.len());
    let checks: Vec<Vec<Check>> = cases.iter().map(form).collect();
    let laws = checks.iter().filter(|checks| checks.iter().any(|check| matches!(check.kind, Kind::Within(_)))).count();
    assert!(laws >= least_laws, "{laws} laws of latencies");
    let setups: Vec<Setup> = cases.into_iter().map(|(_, setup)| setup).collect();
    let kinds: Vec<Vec<Kind>> = checks.iter().map(|checks| checks.iter().map(|check| check.kind).collect()).collect();
    let observed = count(&setups, &kinds, replicates);
    let refused = table(&checks, &observed, replicates, limit);
    assert!(refused.is_empty(), "\n{}", refused.join("\n"));
}

/// Prints what was compared; the lines of what is refused.
fn table(checks: &[Vec<Check>], observed: &[Vec<f64>], replicates: u64, limit: f64) -> Vec<String> {
    println!(
        "{:<44} {:<20} {:>10} {:>10} {:>8}   {replicates} replicates, ln < {limit:.1} is refused",
        "case", "what", "law", "simulated", "ln"
    );
    let mut refused = Vec::new();
    let mut least: f64 = 0.0;
    for (check, observed) in checks.iter().flatten().zip(observed.iter().flatten()) {
        let log_chance = check.log_chance(*observed, replicates);
        let Check { case, what, law, .. } = check;
        let line = format!("{case:<44} {what:<20} {law:>10.7} {observed:>10.7} {log_chance:>8.2}");
        if *law > 0.0 || *observed > 0.0 {
            println!("{line}");
        }
        least = least.min(log_chance);
        if log_chance < limit {
            refused.push(line);
        }
    }
    let (all, of) = (checks.iter().flatten().count(), checks.len());
    let line = format!("{all} checks of {of} configurations, the least ln is {least:.2}");
    println!("{line}");
    let page = include_str!("../../docs/closed-forms.md");
    assert!(replicates != REPLICATES || page.lines().any(|it| it == line), "docs/closed-forms.md does not say: {line}");
    refused
}

/// The comparison would notice what it is for: another law than the simulator's.
#[test]
fn another_law_is_refused() {
    let (name, setup) = cases::all().swap_remove(0);
    let mut other = setup.clone();
    other.capability_don.payload_holders = donsim::sim::PayloadHolders::Count(3);
    let checks = checks(name, &closed_form::of(&other).expect("a closed form"));
    let kinds = vec![checks.iter().map(|check| check.kind).collect()];
    let observed = count(&[setup], &kinds, 1_000);
    let refused = checks.iter().zip(&observed[0]).filter(|(check, share)| check.log_chance(**share, 1_000) < -30.0);
    assert!(refused.count() >= 3);
}
