//! A fuzzer for stable Rust: it changes inputs that know their format, and keeps those that make the code behave in a
//! way not seen before. There is no coverage to guide it; verdicts, error kinds and shapes are what it sees.
//!
//! By default it runs a short part, a fixed number of cases under a fixed seed on one core, and always comes to the
//! same end. The environment says otherwise:
//!
//! | variable | meaning |
//! | --- | --- |
//! | `DONSIM_FUZZ_SECONDS` | run so long, on all cores |
//! | `DONSIM_FUZZ_SEED` | another seed than 1 |
//! | `DONSIM_FUZZ_REPLAY` | try one input, `<target>:<hexadecimal digits>`, and nothing else |
//!
//! A broken promise, a panic or an endless case among them, is printed with the command that replays it, and the exit code is 1.

mod aggregator;
mod bytes;
mod campaign;
mod clock;
mod decoder;
mod dice;
mod panics;
mod protobuf;
mod scenario;
mod script;
mod seeds;
mod target;
mod watch;

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::time::Duration;

use campaign::{Campaign, Find, Outcome, attempt};
use clock::Clock;
use target::Target;
use watch::Watch;

/// Makes a target; every worker has its own.
type Make = fn() -> Box<dyn Target>;

/// Targets with the number of cases of the short part.
const TARGETS: [(Make, u64); 3] = [
    (|| Box::new(decoder::Decoder), 60_000),
    (|| Box::new(aggregator::Aggregator::new()), 10_000),
    (|| Box::new(scenario::ScenarioFile::new()), 6_000),
];

/// Cases between two looks at the clock.
const SLICE: u64 = 100;

fn main() -> ExitCode {
    panics::silence();
    let outcome = match variable("DONSIM_FUZZ_REPLAY") {
        Some(replay) => replay_one(&replay),
        None => number("DONSIM_FUZZ_SEED").map(|seed| seed.unwrap_or(1)).and_then(|seed| {
            let seconds = number("DONSIM_FUZZ_SECONDS")?;
            println!("seed {seed}");
            let outcomes = seconds.map_or_else(|| short(seed), |seconds| long(seed, seconds));
            report(&outcomes)
        }),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            println!("{problem}");
            ExitCode::FAILURE
        }
    }
}

/// A fixed number of cases for every target, one after another.
fn short(seed: u64) -> Vec<Outcome> {
    let run = |(target, cases): &(Make, u64), watch: &Watch| {
        let mut campaign = Campaign::new(target(), seed, 0);
        campaign.advance(*cases, watch);
        campaign.finish()
    };
    watched(1, |_, watch| TARGETS.iter().map(|target| run(target, watch)).collect())
}

/// As many cases as go into `seconds`, on all cores; each has its own stream of choices.
fn long(seed: u64, seconds: u64) -> Vec<Outcome> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    watched(cores, |worker, watch| work(seed, worker, seconds, watch))
}

/// What so many workers come to, of which none may be long at a case.
fn watched(workers: usize, work: impl Fn(u64, &Watch) -> Vec<Outcome> + Sync) -> Vec<Outcome> {
    let watches: Vec<Watch> = (0..workers).map(|_| Watch::new()).collect();
    std::thread::scope(|scope| {
        let work = |worker, watch| {
            let outcomes = work(worker, watch);
            watch.end();
            outcomes
        };
        let threads: Vec<_> =
            watches.iter().zip(0..).map(|(watch, worker)| scope.spawn(move || work(worker, watch))).collect();
        while !all_done(&watches) {
            std::thread::sleep(Duration::from_millis(100));
        }
        threads.into_iter().flat_map(|thread| thread.join().expect("a worker catches what it meets")).collect()
    })
}

/// What one core does.
fn work(seed: u64, worker: u64, seconds: u64, watch: &Watch) -> Vec<Outcome> {
    let clock = Clock::start();
    let mut campaigns: Vec<_> = TARGETS.iter().map(|(target, _)| Campaign::new(target(), seed, worker)).collect();
    let mut going = campaigns.len();
    while going > 0 && clock.seconds() < seconds {
        // Every target has its turn, also beside one that is finished.
        going = campaigns.iter_mut().map(|campaign| campaign.advance(SLICE, watch)).filter(|going| *going).count();
    }
    campaigns.into_iter().map(Campaign::finish).collect()
}

/// Whether all workers have finished. One that hangs will never come to an end: then the process does.
fn all_done(watches: &[Watch]) -> bool {
    let done = |watch: &Watch| {
        watch.look().unwrap_or_else(|(target, input)| {
            println!("{target}: a case takes too long\n{}", replay_command(target, &input));
            std::process::exit(1)
        })
    };
    // Every one is looked at, also behind one that is still at work.
    watches.iter().filter(|watch| done(watch)).count() == watches.len()
}

/// Prints what was tried and found.
fn report(outcomes: &[Outcome]) -> Result<(), String> {
    let names: BTreeSet<&str> = outcomes.iter().map(|outcome| outcome.target).collect();
    for name in names {
        let own = || outcomes.iter().filter(|outcome| outcome.target == name);
        let cases: u64 = own().map(|outcome| outcome.cases).sum();
        let bytes: u64 = own().map(|outcome| outcome.bytes).sum();
        let seen: BTreeSet<_> = own().flat_map(|outcome| &outcome.seen).collect();
        println!("{name:>12}: {cases} cases, {bytes} bytes, {} behaviours", seen.len());
    }
    let finds: Vec<String> = outcomes.iter().filter_map(describe).collect();
    if finds.is_empty() { Ok(()) } else { Err(finds.join("\n\n")) }
}

fn describe(outcome: &Outcome) -> Option<String> {
    let Outcome { target, worker, cases, find, .. } = outcome;
    let Find { problem, input } = find.as_ref()?;
    Some(format!("{target}, worker {worker}, case {cases}: {problem}\n{}", replay_command(target, input)))
}

fn replay_command(target: &str, input: &[u8]) -> String {
    let input = hex::encode(input);
    format!("replay with\n    DONSIM_FUZZ_REPLAY={target}:{input} cargo test --release --test fuzz")
}

/// Tries one input.
fn replay_one(replay: &str) -> Result<(), String> {
    let (name, digits) = replay.split_once(':').ok_or("DONSIM_FUZZ_REPLAY is `<target>:<hexadecimal digits>`")?;
    let input = hex::decode(digits).map_err(|error| error.to_string())?;
    let mut targets = TARGETS.iter().map(|(target, _)| target());
    let mut target =
        targets.find(|target| target.name() == name).ok_or_else(|| format!("there is no target {name}"))?;
    let seen = attempt(target.as_mut(), &input)?;
    println!("{name}: no promise is broken, {} behaviours", seen.0.len());
    Ok(())
}

fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

fn number(name: &str) -> Result<Option<u64>, String> {
    variable(name).map(|text| text.parse().map_err(|_| format!("{name} is a whole number"))).transpose()
}
