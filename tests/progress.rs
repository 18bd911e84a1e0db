//! Progress of a run: how much is done, and the cell about which least is known.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use donsim::experiment::{Observer, Options, Progress, Widest, run};
use donsim::scenario::Scenario;
use donsim::sim::simulate;

/// States of a run as they came, each with the widest interval.
#[derive(Default)]
struct Heard(Vec<(u64, u64, bool, Option<Widest>)>);

impl Observer for Heard {
    fn handle_progress(&mut self, progress: &Progress<'_>) {
        let Progress { done, total, may_end_early, .. } = *progress;
        self.0.push((done, total, may_end_early, progress.widest()));
    }
}

fn heard(more: &str) -> Heard {
    let text = format!(
        "schema = 1\n[run]\nreplicates = 2500\n{more}[capability_don]\nnodes = 4\n[workflow_don]\nnodes = 1\n\
         [sweep.grid]\nnetwork.loss = [0, 0.2]\n"
    );
    let scenario = Scenario::parse(Path::new("demo.toml"), text, &[]).unwrap_or_else(|findings| panic!("{findings}"));
    let (stop, mut heard) = (AtomicBool::new(false), Heard::default());
    let findings = run(&scenario, Options::new(NonZeroUsize::MIN, &stop), &simulate, &mut heard);
    let findings = findings.expect("nothing is written");
    let last = heard.0.last().expect("there was progress");
    assert_eq!((last.0, last.1), (findings.done, findings.total));
    assert!(heard.0.is_sorted_by_key(|state| state.0));
    heard
}

#[test]
fn the_widest_interval_gets_narrower() {
    let Heard(states) = heard("");
    assert!(states.iter().all(|(_, total, may_end_early, _)| (*total, *may_end_early) == (5_000, false)));
    let widest = |at: usize| states[at].3.clone().expect("there are replicates");
    let (first, last) = (widest(0), widest(states.len() - 1));
    // Where nothing is lost all is accepted, which is known best.
    assert_eq!(last.place, "network.loss = 0.2");
    assert!(last.half_width < 0.02 && first.half_width > 4.0 * last.half_width, "{first:?} {last:?}");
    assert!((0.5..0.95).contains(&last.middle), "{last:?}");
}

#[test]
fn cells_that_end_early_make_less_to_do() {
    let Heard(states) = heard("stop.half_width = 0.02\n");
    assert!(states.iter().all(|(_, _, may_end_early, _)| *may_end_early));
    let totals: Vec<u64> = states.iter().map(|(_, total, ..)| *total).collect();
    assert!(totals[0] == 5_000 && totals.is_sorted_by(|a, b| a >= b) && totals.last() == Some(&3_500), "{totals:?}");
}
