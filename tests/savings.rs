//! What is saved is what messages cost now against what they cost in the baseline.

#[path = "common/kept.rs"]
mod kept;
#[path = "common/sizes.rs"]
mod sizes;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use donsim::aggregator::RuleSet;
use donsim::engine::Span;
use donsim::experiment::{Estimate, Metric, Verdict};
use donsim::sim::{
    Bytes, ObservationContent, PayloadHolders, Replicate, ReplicateCache, RuleSets, Setup, ocr_bytes, simulate,
};
use kept::{Kept, kept};

/// One caller and constant times: every answer leaves after 10 + 100 + 1,500 ms.
const STILL: &str = "[run]\nreplicates = 12\n[capability_don]\nexecution = \"100ms\"\nocr = \"1.5s\"\n\
    [workflow_don]\nnodes = 1\nf = 0\nstart_skew = \"0s\"\n[network]\nlatency = \"10ms\"\n";
const ANSWERED: Span = Span::from_millis(1_610);

fn still(nodes: u32, payload: &str, more: &str) -> Kept {
    let text = STILL.replace("[capability_don]\n", &format!("[capability_don]\nnodes = {nodes}\n"));
    kept(&format!("{text}[request]\ncall_size = \"16B\"\npayload_size = \"{payload}\"\n{more}"), &simulate)
}

fn estimate(kept: &Kept, metric: Metric) -> Estimate {
    *kept.findings.summary.cells[0].estimate(metric).expect("every metric has one")
}

/// Bytes of all answers in a world of `holders` of `nodes` nodes, of which each adds `attestation`.
fn answers([holders, nodes]: [u64; 2], payload: u64, attestation: u64) -> u64 {
    let unavailable = "Public:User:Unknown:__response_payload_not_available";
    let holder = sizes::on_the_line(sizes::response(payload) + attestation, ANSWERED);
    holders * holder + (nodes - holders) * sizes::error_on_the_line(unavailable, ANSWERED)
}

#[test]
fn savings_are_those_of_the_messages_worked_out_by_hand() {
    for (nodes, text, payload) in [(4, "64B", 64), (7, "16KiB", 16 << 10), (16, "64KiB", 64 << 10)] {
        let (n, f) = (u64::from(nodes), u64::from((nodes - 1) / 3));
        let kept = still(nodes, text, "");
        let requests = n * sizes::on_the_line(sizes::request(16), Span::ZERO);
        let mut sums = [0, 0];
        for (replicate, before) in &kept.replicates[&0] {
            let bytes = replicate.rows[0].bytes;
            let attestation = bytes.attestation / (f + 1);
            // One of the signers may be node 0, and one in sixteen sequence numbers is shorter.
            let possible = [(true, 5), (false, 5), (true, 4), (false, 4)];
            assert!(possible.map(|(first, length)| sizes::attestation(f + 1, first, length)).contains(&attestation));
            let now = answers([f + 1, n], payload, attestation);
            let then = answers([n, n], payload, attestation) - n * attestation;
            assert_eq!((bytes.answers(), before.answers(0)), (now, Some(then)), "{nodes} nodes, {text}");
            assert_eq!(bytes.total() - bytes.answers(), requests);
            sums = [sums[0] + now, sums[1] + then];
        }
        let setup = kept.scenario.cell(0).setup;
        let ocr = [ObservationContent::Hash, ObservationContent::Payload].map(|observed| ocr_bytes(&setup, observed));
        let saved = |[now, before]: [u64; 2]| 1.0 - now as f64 / before as f64;
        let (response, total) = (estimate(&kept, Metric::SavedResponse), estimate(&kept, Metric::SavedTotal));
        assert_eq!(response.value, Some(saved(sums)));
        assert_eq!(total.value, Some(saved([0, 1].map(|at| sums[at] + 12 * (requests + ocr[at])))));
        assert!(response.ci_low <= response.value && response.value <= response.ci_high);
        assert!(response.ci_low > response.value.map(|value| value - 0.01));
        assert_eq!(estimate(&kept, Metric::OcrBytes).value, Some(ocr[0] as f64));
        if payload == 64 << 10 {
            // What remains of a large payload is F + 1 of its N copies.
            assert!((response.value.unwrap() - (1.0 - 6.0 / 16.0)).abs() < 0.02, "{response:?}");
        }
    }
}

#[test]
fn who_asks_nobody_saves_nothing() {
    let kept = still(4, "64B", "[network.request]\nloss = 1\n");
    let response = estimate(&kept, Metric::SavedResponse);
    assert_eq!((response.value, response.ci_low, response.ci_high), (None, None, None));
    assert!(estimate(&kept, Metric::SavedTotal).value > Some(0.0), "OCR is accounted");
}

/// Answers with attestations that nobody looks at cost more than answers without.
#[test]
fn the_world_before_itself_loses_its_attestations() {
    let more = "[aggregator]\nrule_set = \"identical\"\n";
    let text = STILL.replace("[capability_don]\n", "[capability_don]\nnodes = 4\npayload_holders = \"all\"\n");
    let kept = kept(&format!("{text}{more}"), &simulate);
    for (replicate, before) in &kept.replicates[&0] {
        let bytes = replicate.rows[0].bytes;
        assert_eq!(before.answers(0), Some(bytes.answers() - bytes.attestation));
    }
    assert!(estimate(&kept, Metric::SavedResponse).value < Some(0.0));
}

/// Rule set, holders and lost answers of every world that a run simulates; none twice in a replicate.
fn worlds(text: &str) -> Vec<(RuleSets, PayloadHolders, f64)> {
    let seen: Arc<Mutex<Vec<(Setup, u64)>>> = Arc::default();
    let book = Arc::clone(&seen);
    let counting = move |setup: &Setup, replicate: u64, _: &mut ReplicateCache| {
        book.lock().unwrap().push((setup.clone(), replicate));
        Replicate::default()
    };
    kept(text, &counting);
    let seen = seen.lock().unwrap();
    for (at, world) in seen.iter().enumerate() {
        assert!(!seen[..at].contains(world), "a world was simulated twice in a replicate");
    }
    let world = |(setup, _): &(Setup, u64)| {
        (setup.aggregator.rule_set, setup.capability_don.payload_holders, setup.network.response.loss)
    };
    seen.iter().map(world).collect()
}

const HOLDERS: &str = "capability_don.payload_holders = [\"f+1\", \"all\"]\n";
const RULE_SETS: &str = "aggregator.rule_set = [\"attested\", \"attested_strict\", \"identical\"]\n";

#[test]
fn the_world_before_is_shared_and_simulated_once() {
    let is_before = |(rule_set, holders, _): &&(RuleSets, PayloadHolders, f64)| {
        (*rule_set, *holders) == (RuleSet::Identical.into(), PayloadHolders::All)
    };
    for (axes, cells, befores) in [
        // It is one of the cells.
        (format!("{HOLDERS}{RULE_SETS}"), 6, 1),
        // It is none of them.
        ("aggregator.rule_set = [\"attested\", \"attested_strict\"]\n".to_owned(), 2, 1),
        // There are two, one for each weather.
        (format!("network.response.loss = [0, 0.5]\n{RULE_SETS}"), 6, 2),
    ] {
        let worlds = worlds(&format!("[run]\nreplicates = 3\n[sweep.grid]\n{axes}"));
        let before = worlds.iter().filter(is_before).count();
        let others = if axes.contains("payload_holders") { 0 } else { befores };
        assert_eq!((worlds.len(), before), (3 * (cells + others), 3 * befores), "{axes}");
    }
}

#[test]
fn the_world_before_has_the_same_weather_and_faults() {
    let more = "[[faults.silent]]\nnodes = 1\n[network]\nloss = 0.2\n[request]\ncount = 2\n";
    let text = format!("[run]\nreplicates = 5\n[capability_don]\nnodes = 4\n{more}");
    let kept = kept(&text, &simulate);
    let setup = kept.scenario.cell(0).setup;
    let before = setup.baseline();
    assert_eq!((before.faults.clone(), before.network.clone()), (setup.faults.clone(), setup.network.clone()));
    let mut cache = ReplicateCache::new(setup.run.seed);
    for (number, (now, then)) in (0..).zip(&kept.replicates[&0]) {
        assert_eq!(*now, simulate(&setup, number, &mut cache));
        let world = simulate(&before, number, &mut cache);
        for (at, row) in world.rows.iter().enumerate() {
            assert_eq!(then.answers(at), Some(row.bytes.answers() - row.bytes.attestation));
        }
        assert_eq!(then.answers(world.rows.len()), None);
    }
}

#[test]
fn a_panic_in_the_world_before_is_no_secret() {
    let broken = |setup: &Setup, replicate: u64, cache: &mut ReplicateCache| {
        assert!(replicate != 2 || setup.capability_don.payload_holders != PayloadHolders::All, "on purpose");
        simulate(setup, replicate, cache)
    };
    let kept = kept("[run]\nreplicates = 4\n[capability_don]\nnodes = 4\n", &broken);
    let [panicked] = &kept.findings.panicked[..] else { panic!("{:?}", kept.findings.panicked) };
    assert_eq!((panicked.replicate, panicked.message.as_str()), (2, "in the baseline: on purpose"));
    assert_eq!((kept.replicates[&0].len(), kept.findings.done), (3, 3));
    let verdict = Verdict::of(&kept.findings.summary, kept.scenario.safety(), kept.findings.is_complete());
    assert_eq!(verdict, Verdict::Incomplete);
}

/// Every byte that leaves an uplink belongs to a request or to an answer.
#[test]
fn requests_and_answers_are_all_there_is() {
    let faults = "[[faults.error_spam]]\nnodes = 1\n[[faults.duplicate_answers]]\nnodes = 1\n[[faults.undecodable]]\nnodes = 1\n";
    let text = format!("[run]\nreplicates = 6\n[capability_don]\nnodes = 10\n[network]\nloss = 0.1\n{faults}");
    let kept = kept(&text, &simulate);
    let mut by_request: BTreeMap<u64, u64> = BTreeMap::new();
    for row in kept.replicates[&0].iter().flat_map(|(replicate, _)| &replicate.rows) {
        let Bytes { request, envelope, answer_envelope, .. } = row.bytes;
        assert_eq!(row.bytes.total() - row.bytes.answers(), request + envelope - answer_envelope);
        *by_request.entry(row.bytes.total() - row.bytes.answers()).or_default() += 1;
    }
    // Everybody asks the same, a little later or earlier.
    assert!(by_request.len() <= 3, "{by_request:?}");
}

/// With OCR3 rounds a saving comes from bytes that were sent. Where every request is agreed on in the first round, it is what
/// the accounted rounds say.
#[test]
fn sent_rounds_save_what_accounted_ones_do() {
    let text = "schema = 1\n[capability_don]\nnodes = 10\nexecution = \"10ms\"\nocr = \"round\"\n\
                [ocr]\ndelta_round = \"2s\"\n[request]\npayload_size = \"16KiB\"\n";
    let scenario = donsim::scenario::Scenario::parse(std::path::Path::new("rounds.toml"), text.to_owned(), &[]);
    let setup = scenario.unwrap_or_else(|found| panic!("{found}")).cell(0).setup;
    let mut cache = ReplicateCache::new(setup.run.seed);
    let bytes = |replicate: &Replicate| replicate.rows.iter().map(|row| row.bytes.total()).sum::<u64>();
    let mut compared = 0;
    for number in 0..40 {
        let now = simulate(&setup, number, &mut cache);
        let before = simulate(&setup.baseline(), number, &mut cache);
        // A round before the request costs both the same, and is in no account.
        if now.ocr.query > 1_600 || now.requests[0].holders < 10 {
            continue;
        }
        let saved = |ocr: [u64; 2]| 1.0 - (bytes(&now) + ocr[0]) as f64 / (bytes(&before) + ocr[1]) as f64;
        let sent = saved([now.ocr.total(), before.ocr.total()]);
        let contents = [ObservationContent::Hash, ObservationContent::Payload];
        let accounted = saved(contents.map(|content| ocr_bytes(&setup, content)));
        assert!((sent - accounted).abs() < 0.01, "{number}: {sent} {accounted}");
        compared += 1;
    }
    assert!(compared > 5, "{compared}");
}
