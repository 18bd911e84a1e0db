//! donsim is a deterministic simulator of Byzantine-tolerant response aggregation. It never reads a clock, the
//! environment or a global source of randomness on the way to a result: the same scenario, seed and version give the
//! same bytes in every result file, whatever the machine and the number of threads.
//!
//! A *scenario* (a file) has *cells* (the points of its sweep); each cell is simulated in *replicates* (seeded
//! worlds) of one or more *requests* (capability calls that every workflow node aggregates for itself).
//!
//! The rooms, from top to bottom; each uses rooms below it only:
//!
//! | room | what lives there |
//! | --- | --- |
//! | [`cli`] | one file a subcommand; streams, progress, exit codes |
//! | [`bench`](mod@bench) | costs as ratios, measured |
//! | [`report`] | tables, CSV, JSON and JUnit files, plots |
//! | [`explore`] | an adversary that searches for what breaks a scenario |
//! | [`experiment`] | cells x replicates on threads, expectations |
//! | [`stats`] | estimators and intervals |
//! | [`scenario`] | the file format, its errors, sweeps |
//! | [`closed_form`] | what must come out of simple cells, by mathematics |
//! | [`sim`] | one replicate: world, nodes, faults, oracle |
//! | [`network`] | links: latency, loss, bandwidth, partitions |
//! | [`engine`] | virtual time, event queue, keyed randomness |
//! | [`aggregator`] | the real aggregator and its rule sets |
//! | [`attestation`] | report data, digests, signatures |
//! | [`wire`] | protobuf messages as the original writes and reads them |
//!
//! `aggregator`, `attestation` and `wire` need none of the rest: a service could run them in production.

// Worlds of the tests in `tests/` serve unit tests, too.
#[cfg(test)]
extern crate self as donsim;

pub mod aggregator;
pub mod attestation;
pub mod bench;
pub mod cli;
pub mod closed_form;
pub mod engine;
pub mod experiment;
pub mod explore;
pub mod network;
pub mod report;
pub mod scenario;
pub mod sim;
pub mod stats;
pub mod wire;

// The program on the page is compiled and run as an example of the docs.
#[cfg(doctest)]
#[doc = include_str!("../docs/library.md")]
mod library_page {}
