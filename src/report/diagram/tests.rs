//! Replays that the tests of drawings share, and what a story has to have.

use crate::network::Node;
use crate::scenario::Scenario;
use crate::sim::{self, Happening, Replicate, ReplicateCache, What};

use super::*;

/// Four nodes and lost answers.
pub(in crate::report) const LOSSY: &str = "schema = 1\nname = \"lossy\"\n[capability_don]\nnodes = 4\n\
    [aggregator]\nrule_set = \"attested\"\n[network]\nloss = 0.2\nduplication = 0.2\n[run]\nreplicates = 40\n";

/// Four nodes that agree in rounds.
pub(in crate::report) const ROUNDS: &str = "schema = 1\nname = \"rounds\"\n[capability_don]\nnodes = 4\nocr = \"round\"\n\
    [network]\nloss = 0.02\n[run]\nreplicates = 40\n";

/// Thirty-one nodes, some of them faulty.
pub(in crate::report) const MANY: &str = "schema = 1\nname = \"many\"\n[capability_don]\nnodes = 31\n\
    execution = { dist = \"lognormal\", p50 = \"180ms\", p99 = \"900ms\" }\n[aggregator]\nrule_set = \"identical\"\n\
    [network]\nloss = 0.08\n[[faults.forged_signature]]\nnodes = 2\nholders = 1\n[[faults.silent]]\nnodes = 2\n\
    [run]\nreplicates = 40\n";

/// Holders that wait to be asked, some of them in vain.
pub(in crate::report) const PULL: &str = "schema = 1\nname = \"pull\"\n[capability_don]\nnodes = 7\n\
    response_strategy = \"pull\"\nresponse_delay = \"400ms\"\npayload_holders = \"f+1\"\n[request]\npayload_size = \"128KiB\"\n\
    [[faults.silent]]\nnodes = 2\nholders = 2\n[run]\nreplicates = 40\n";

pub(in crate::report) fn replay(text: &str, number: u64) -> (Replicate, Vec<Happening>) {
    let scenario = Scenario::parse(text).unwrap();
    let setup = scenario.cell(0).setup;
    sim::replay(&setup, number, &mut ReplicateCache::new(setup.run.seed))
}

pub(in crate::report) fn happenings(text: &str, number: u64) -> Vec<Happening> {
    replay(text, number).1
}

/// Story of the first request at the first caller.
pub(in crate::report) fn story(text: &str, number: u64) -> Story {
    Story::read(&happenings(text, number), RequestAt { request: 0, caller: 0 }).unwrap()
}
