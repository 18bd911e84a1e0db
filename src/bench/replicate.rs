//! A replicate with its baseline: against others of its kind, against its cryptography alone, and its growth with the number
//! of capability nodes.

use std::hint::black_box;
use std::path::Path;

use prost::bytes::Bytes;

use crate::attestation::{Claim, KeyPair, Keyring, Report, signed_digest};
use crate::experiment::Group;
use crate::scenario::{Cell, Scenario};
use crate::sim::{ReplicateCache, simulate};
use crate::wire::{Any, Response};

use super::engine::bare_heap;
use super::{Arms, Comparison, Figure};

pub(super) const COMPARISONS: &[Comparison] = &[
    Comparison {
        name: "payload",
        ours: "a replicate with 64 KiB",
        reference: "with 1 KiB",
        figure: Figure::Ratio,
        aim: 1.25,
        warm_up: WARM_UP,
        arms: || Arms { ours: cell(&["request.payload_size=64KiB"]), reference: cell(&[]) },
    },
    Comparison {
        name: "sweep",
        ours: "a replicate of 8 cells",
        reference: "of one of them",
        figure: Figure::Ratio,
        aim: 2.0,
        warm_up: WARM_UP,
        arms: || Arms { ours: replicates(&[]), reference: cell(&[]) },
    },
    Comparison {
        name: "growth",
        ours: "a replicate of 128 capability nodes",
        reference: "of 4; the figure is the exponent",
        figure: Figure::Growth(32.0),
        aim: 1.1,
        warm_up: WARM_UP,
        arms: || Arms { ours: of_nodes(128, &[]), reference: of_nodes(4, &[]) },
    },
    Comparison {
        name: "growth_rounds",
        ours: "a replicate of 32 capability nodes with OCR rounds",
        reference: "of 4; the figure is the exponent",
        figure: Figure::Growth(8.0),
        aim: 2.1,
        warm_up: 1,
        arms: || Arms { ours: of_nodes(32, &ROUNDS), reference: of_nodes(4, &ROUNDS) },
    },
    Comparison {
        name: "crypto",
        ours: "a replicate",
        reference: "its distinct signatures, checks and hashes",
        figure: Figure::Ratio,
        aim: 1.5,
        warm_up: WARM_UP,
        arms: || Arms { ours: cell(&[]), reference: Box::new(cryptography()) },
    },
    Comparison {
        name: "known_crypto",
        ours: "a cell whose cryptography another has done",
        reference: "1,000 steps of std's heap",
        figure: Figure::Ratio,
        aim: 1.0,
        warm_up: WARM_UP,
        arms: || Arms { ours: Box::new(known_cryptography()), reference: Box::new(bare_heap(100)) },
    },
];

/// Until nearly every signer has its table.
const WARM_UP: u32 = 160;

/// `N = 16`, `F = 5`, `M = 4`, one request; eight cells that differ in rule set and loss.
const SCENARIO: &str = "schema = 1\n\
                        capability_don.nodes = 16\n\
                        sweep.grid.aggregator.rule_set = [\"identical\", \"attested\"]\n\
                        sweep.grid.network.loss = [0, 0.01, 0.05, 0.1]\n";
/// One of the cells.
const ONE_CELL: [&str; 2] = ["aggregator.rule_set=attested", "network.loss=0"];
const ROUNDS: [&str; 1] = ["capability_don.ocr=round"];

/// Replicates of that cell with other settings, too.
fn cell(others: &[&str]) -> Box<dyn FnMut()> {
    replicates(&[&ONE_CELL[..], others].concat())
}

fn of_nodes(nodes: u32, others: &[&str]) -> Box<dyn FnMut()> {
    let nodes = format!("capability_don.nodes={nodes}");
    cell(&[&[&nodes[..]], others].concat())
}

fn scenario(overrides: &[&str]) -> Scenario {
    let overrides: Vec<String> = overrides.iter().map(ToString::to_string).collect();
    Scenario::parse(Path::new("bench.toml"), SCENARIO.to_owned(), &overrides).expect("the scenario is right")
}

/// The next replicate of all cells and their baselines with every call.
fn replicates(overrides: &[&str]) -> Box<dyn FnMut()> {
    let scenario = scenario(overrides);
    let cells: Vec<Cell> = (0..scenario.cell_count()).map(|at| scenario.cell(at)).collect();
    let group = Group::new(&cells);
    let mut cache = ReplicateCache::new(scenario.run().seed);
    let mut replicate = 0;
    Box::new(move || {
        replicate += 1;
        assert!(group.succeeds(replicate, &simulate, &mut cache));
    })
}

/// The same replicate of the cell with every call, so that its cryptography is known.
fn known_cryptography() -> impl FnMut() {
    let setup = scenario(&ONE_CELL).cell(0).setup;
    let mut cache = ReplicateCache::new(setup.run.seed);
    move || drop(black_box(simulate(&setup, 1, &mut cache)))
}

/// What is unavoidable in a replicate of the cell: its report and its response are hashed, `F + 1` of the signers sign, and
/// their signatures are checked.
fn cryptography() -> impl FnMut() {
    const REQUIRED: usize = 6;
    let key = |number| KeyPair::from_private(&[number; 32]).expect("small enough");
    let (keys, keyring): (Vec<KeyPair>, Keyring) = ((1..=16).map(key).collect(), Keyring::new());
    let mut replicate: usize = 0;
    move || {
        replicate += 1;
        let payload: Bytes = vec![replicate as u8; 1 << 10].into();
        let report = Report {
            workflow_execution_id: "an id",
            reference_id: "0",
            payload: &payload,
            spend_unit: "RPC_EVM",
            spend_value: "1",
        };
        let digest = signed_digest(&report.data(), &[7; 32], replicate as u64);
        let signers = (0..REQUIRED).map(|at| &keys[(replicate + at) % keys.len()]);
        let signed: Vec<_> = signers.map(|key| (keyring.sign(key, &digest), key.address().0)).collect();
        let claims: Vec<Claim<'_>> = signed.iter().map(|(signature, address)| Claim { signature, address }).collect();
        assert!(keyring.check(&digest, &claims).into_iter().all(|verdict| verdict));
        black_box(Response { payload: Some(Any::new("type", payload)), ..Response::default() }.id());
    }
}
