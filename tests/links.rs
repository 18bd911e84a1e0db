//! Every byte that leaves an uplink is in exactly one cause, on every link and in total, in every shipped scenario; and the
//! busiest uplink is the one that carried most.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use donsim::engine::Time;
use donsim::network::{Barrier, Node};
use donsim::report::link_bytes;
use donsim::scenario::Scenario;
use donsim::sim::{Happening, OcrHappening, Replicate, ReplicateCache, Setup, What, replay};

fn scenarios(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("it is there") {
        let path = entry.expect("it is readable").path();
        if path.is_dir() {
            found.extend(scenarios(&path));
        } else if path.extension().is_some_and(|ending| ending == "toml") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Bytes that left each node, second by second from its first on, counted from the messages themselves.
fn uplinks(setup: &Setup, happenings: &[Happening]) -> BTreeMap<Node, BTreeMap<u64, u64>> {
    let mut uplinks: BTreeMap<Node, BTreeMap<u64, u64>> = BTreeMap::new();
    let mut first: BTreeMap<Node, Time> = BTreeMap::new();
    for happening in happenings {
        let bytes = match &happening.what {
            What::Sent { message, barrier, .. } if *barrier != Some(Barrier::TooLarge) => {
                message.encode().len() as u64 + setup.network.frame
            }
            What::Ocr(OcrHappening::Sent { message, barrier, .. }) if *barrier != Some(Barrier::TooLarge) => {
                message.len() + setup.network.frame
            }
            _ => continue,
        };
        let node = happening.node.expect("a sender");
        let since = happening.time.since(*first.entry(node).or_insert(happening.time));
        *uplinks.entry(node).or_default().entry(since.as_nanos() / 1_000_000_000).or_default() += bytes;
    }
    uplinks
}

fn check(setup: &Setup, replicate: &Replicate, happenings: &[Happening]) {
    let uplinks = uplinks(setup, happenings);
    let links = link_bytes(happenings);
    for link in &links {
        assert_eq!(link.causes().map(|(_, bytes)| bytes).sum::<u64>(), link.total(), "{link:?}");
    }
    let mut busiest = 0;
    for (node, seconds) in &uplinks {
        let left: u64 = seconds.values().sum();
        let counted: u64 = links.iter().filter(|link| link.from == *node).map(donsim::report::LinkBytes::total).sum();
        assert_eq!(left, counted, "{node}");
        busiest = busiest.max(left);
    }
    let all: u64 = uplinks.values().flat_map(BTreeMap::values).sum();
    let rows: u64 = replicate.rows.iter().map(|row| row.bytes.total()).sum();
    assert_eq!(all, rows + replicate.ocr.total());
    assert_eq!(replicate.uplink.total, busiest);
    assert!(replicate.uplink.mean() <= replicate.uplink.peak, "{:?}", replicate.uplink);
    let is_busiest = |seconds: &&BTreeMap<u64, u64>| seconds.values().sum::<u64>() == busiest;
    let peaks = uplinks.values().filter(is_busiest).filter_map(|seconds| seconds.values().max().copied());
    assert!(busiest == 0 || peaks.collect::<Vec<_>>().contains(&replicate.uplink.peak));
}

#[test]
fn causes_add_up_to_what_left_the_uplinks_in_every_shipped_scenario() {
    let all = scenarios(&Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios"));
    assert!(all.len() > 25);
    let mut with_rounds = 0;
    for path in all {
        let scenario = Scenario::load(&path, &[]).unwrap_or_else(|found| panic!("{found}"));
        let step = scenario.cell_count().div_ceil(6).max(1);
        for index in (0..scenario.cell_count()).step_by(step as usize) {
            let setup = scenario.cell(index).setup;
            // What takes seconds to encode shows nothing that smaller payloads do not.
            if setup.request.payload_size > 64 << 10 || setup.request.count > 50 {
                continue;
            }
            let mut cache = ReplicateCache::new(setup.run.seed);
            let (replicate, happenings) = replay(&setup, 1, &mut cache);
            check(&setup, &replicate, &happenings);
            with_rounds += u32::from(replicate.ocr.total() > 0);
        }
    }
    assert!(with_rounds > 5);
}
