//! Limits of the transport and of the engine, and expiry by tickers: options that are off by default.

use std::path::Path;

use donsim::engine::{Span, Time};
use donsim::network::Node;
use donsim::scenario::Scenario;
use donsim::sim::{Happening, Outcome, Replicate, ReplicateCache, Setup, What, replay};

fn setup(text: &str) -> Setup {
    let text = format!("schema = 1\n{text}");
    match Scenario::parse(Path::new("limits.toml"), text, &[]) {
        Ok(scenario) => scenario.cell(0).setup,
        Err(found) => panic!("{found}"),
    }
}

fn played(text: &str, number: u64) -> (Replicate, Vec<Happening>) {
    let setup = setup(text);
    replay(&setup, number, &mut ReplicateCache::new(setup.run.seed))
}

const SMALL: &str = "[capability_don]\nnodes = 4\nexecution = \"100ms\"\nocr = \"300ms\"\n";

#[test]
fn a_message_that_is_too_large_never_leaves() {
    let text =
        |limit: &str| format!("{SMALL}[request]\npayload_size = \"600KB\"\n[network.limits]\nenabled = {limit}\n");
    let (free, _) = played(&text("false"), 0);
    assert!(free.rows.iter().all(|row| row.outcome.is_right()));
    let (limited, happenings) = played(&text("true"), 0);
    assert!(limited.rows.iter().all(|row| row.outcome == Outcome::Expired && row.bytes.duplicate_payload == 0));
    assert!(limited.uplink.total < 10_000, "{:?}", limited.uplink);
    let stopped = happenings.iter().filter(|it| {
        matches!(&it.what, What::Sent { arrivals: [None, None], barrier: Some(donsim::network::Barrier::TooLarge), .. })
    });
    assert_eq!(stopped.count(), 2 * 4, "each of two holders to each caller");
}

#[test]
fn a_receiver_drops_what_comes_too_fast_and_a_sender_waits() {
    let limits = "[network.limits]\nenabled = true\nreceive_rate = 1\nreceive_burst = 2\n";
    let (_, happenings) = played(&format!("{SMALL}[request]\ncount = 6\n{limits}"), 0);
    let refused = happenings.iter().filter(|it| matches!(it.what, What::Refused { .. }));
    // Of six requests at once each capability node takes two of each caller.
    assert_eq!(refused.filter(|it| matches!(it.node, Some(Node::Capability(_)))).count(), 4 * 4 * 4);
    let limits = "[network.limits]\nenabled = true\nsend_rate = 1\nsend_burst = 1\n";
    let (_, happenings) = played(&format!("{SMALL}[request]\ncount = 3\n{limits}"), 0);
    let arrivals = |request: u32| {
        happenings.iter().find_map(move |it| match (&it.what, it.node, it.peer) {
            (What::Sent { arrivals, .. }, Some(Node::Workflow(0)), Some(Node::Capability(0))) => {
                arrivals[0].filter(|_| it.request == Some(request))
            }
            _ => None,
        })
    };
    let mut times: Vec<Time> = (0..3).filter_map(arrivals).collect();
    times.sort_unstable();
    assert!(times[2].since(times[0]) > Span::from_millis(1_700), "one a second: {times:?}");
}

#[test]
fn a_node_executes_so_many_requests_at_a_time() {
    let begun = |limit: &str| -> Vec<u64> {
        let (replicate, happenings) = played(
            &SMALL.replace("[capability_don]\n", &format!("[capability_don]\n{limit}")).replace(
                "ocr = \"300ms\"\n",
                "ocr = \"300ms\"\n[workflow_don]\nstart_skew = \"0s\"\n[request]\ncount = 3\narrival = \"50ms\"\n[network]\nlatency = \"10ms\"\n",
            ),
            0,
        );
        assert!(replicate.rows.iter().all(|row| row.outcome.is_right()));
        let begins = happenings.iter().filter(|it| it.node == Some(Node::Capability(0)));
        let begins =
            begins.filter(|it| matches!(it.what, What::Executing { .. })).map(|it| it.time.as_nanos() / 1_000_000);
        begins.collect()
    };
    let (free, limited) = (begun(""), begun("max_executions = 1\n"));
    assert_eq!((free.len(), limited.len()), (3, 3));
    assert!(free[2] - free[0] < 200, "{free:?}");
    // One after the other, in the same order everywhere: each waits for the report of the one before. In different orders the
    // nodes would wait for each other until the executions' deadline.
    assert!(limited.windows(2).all(|pair| pair[1] - pair[0] >= 400), "{limited:?}");
}

/// Age at which each caller gives up, in ms.
fn ages(keys: &str) -> Vec<u64> {
    let text = format!("{SMALL}[aggregator]\ntimeout = \"4s\"\n{keys}[network]\nloss = 1\n");
    let mut ages = Vec::new();
    for number in 0..40 {
        let (replicate, happenings) = played(&text, number);
        assert!(replicate.rows.iter().all(|row| row.outcome == Outcome::Expired));
        for it in &happenings {
            if let What::Started { deadline } = it.what {
                ages.push(deadline.since(it.time).as_nanos() / 1_000_000);
            }
        }
    }
    ages.sort_unstable();
    ages
}

#[test]
fn tickers_notice_expiry_late() {
    assert!(ages("").iter().all(|age| *age == 4_000));
    let within = |ages: &[u64], from: u64, to: u64| {
        assert!(ages[0] >= from && ages[ages.len() - 1] <= to, "{ages:?}");
        // Every phase is equally likely.
        assert!(ages[0] < from + 400 && ages[ages.len() - 1] > to - 400, "{ages:?}");
    };
    within(&ages("expiry = \"published\"\n"), 4_000, 8_000);
    within(&ages("expiry = \"graced\"\n"), 14_000, 18_000);
    assert!(ages("expiry = \"graced\"\nengine_limit = \"3s\"\n").iter().all(|age| *age == 3_000));
}
