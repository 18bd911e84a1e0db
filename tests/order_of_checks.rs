//! In which order an attestation's parts are looked at decides between "refused", "counted" and "crashes the original".
//! Every combination of them is put before every rule set, and the expected step is the rule as PROTOCOL.md section 4
//! states it, written down here once more.

use std::sync::Arc;

use donsim::aggregator::{
    Answer, ClientRequest, Config, Crash, Decision, Fresh, Rejection, RequestIds, RuleSet, Verdict,
};
use donsim::attestation::{KeyPair, Report, signed_digest};
use donsim::wire::{Any, AttributedSignature, MeteringRecord, OcrAttestation, PeerId, Response};

const NODES: usize = 7;
const EXECUTION: &str = "wf-exec";
const REFERENCE: &str = "ref-1";

/// An attested response and the DON that judges it.
#[derive(Clone, Copy, Debug)]
struct Case {
    /// `R = F + 1`.
    required: usize,
    metering_records: usize,
    signatures: usize,
    signers: usize,
    payload: Option<&'static str>,
    is_genuine: bool,
}

/// A step as the vectors write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// `.`
    Taken,
    /// `S`
    Succeeds,
    /// `a`
    Refused,
    /// `!`
    Crashes,
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for required in 1..=3 {
        for metering_records in 0..=2 {
            for signatures in [0, required - 1, required, required + 1] {
                for signers in [0, required - 1, required, NODES] {
                    for payload in [None, Some(""), Some("the truth")] {
                        for is_genuine in [true, false] {
                            cases.push(Case { required, metering_records, signatures, signers, payload, is_genuine });
                        }
                    }
                }
            }
        }
    }
    cases
}

/// The rule, for a first message to a request.
fn expected(case: Case, rule_set: RuleSet) -> Step {
    // Signers are numbered from 0 without gaps, so the last signature has the highest index.
    let is_valid = case.is_genuine && case.signatures <= case.signers;
    match rule_set {
        RuleSet::AttestedStrict => {
            if case.metering_records != 1 || case.signatures < case.required {
                Step::Refused
            } else if case.payload.is_none() {
                Step::Crashes
            } else if is_valid {
                Step::Succeeds
            } else {
                Step::Refused
            }
        }
        // One equal response is enough, and that is looked at first.
        _ if case.required == 1 => Step::Succeeds,
        RuleSet::Identical => Step::Taken,
        // Enough good signatures are enough, whatever stands behind them.
        RuleSet::Hardened => {
            let bad = usize::from(!case.is_genuine && case.signatures <= case.signers);
            let good = case.signatures.min(case.signers) - bad.min(case.signatures);
            let is_proven = case.metering_records == 1 && case.payload.is_some() && good >= case.required;
            if is_proven { Step::Succeeds } else { Step::Taken }
        }
        RuleSet::Attested | RuleSet::AttestedEarlyFail => {
            if case.signatures < case.required || case.signers < case.required {
                Step::Taken
            } else if case.payload.is_none() {
                Step::Crashes
            } else if case.metering_records == 1 && is_valid {
                Step::Succeeds
            } else {
                Step::Taken
            }
        }
    }
}

struct Keys(Vec<KeyPair>);

impl Keys {
    fn new() -> Self {
        let key = |seed| KeyPair::from_private(&[seed; 32]).expect("small numbers are private keys");
        Self((1..=NODES as u8).map(key).collect())
    }

    fn response(&self, case: Case) -> Response {
        let record =
            MeteringRecord { spend_unit: "RPC_EVM".into(), spend_value: "1".into(), ..MeteringRecord::default() };
        let report = Report {
            workflow_execution_id: EXECUTION,
            reference_id: REFERENCE,
            payload: case.payload.unwrap_or_default().as_bytes(),
            spend_unit: &record.spend_unit,
            spend_value: &record.spend_value,
        };
        let digest = signed_digest(&report.data(), &[7; 32], 42);
        let mut signatures: Vec<Vec<u8>> =
            self.0[..case.signatures].iter().map(|key| key.sign(&digest).to_vec()).collect();
        if let Some(last) = signatures.last_mut().filter(|_| !case.is_genuine) {
            last[40] ^= 1;
        }
        let attributed =
            |(signer, signature): (u32, Vec<u8>)| AttributedSignature { signature: signature.into(), signer };
        Response {
            metering: vec![record.clone(); case.metering_records],
            payload: case.payload.map(|value| Any::new("type.googleapis.com/a.Reply", value.into())),
            attestation: Some(OcrAttestation {
                config_digest: [7; 32],
                sequence_number: 42,
                signatures: (0..).zip(signatures).map(attributed).collect(),
            }),
            ..Response::default()
        }
    }

    fn step(&self, case: Case, rule_set: RuleSet) -> Step {
        let peers: Vec<PeerId> = (1..=NODES as u8).map(|name| PeerId([name; 32])).collect();
        let signers = self.0[..case.signers].iter().map(|key| key.address().0.to_vec()).collect();
        let config = Config::new(peers.clone(), signers, case.required - 1, rule_set).expect("F is below N");
        let ids = RequestIds { workflow_execution_id: EXECUTION.into(), reference_id: REFERENCE.into() };
        let mut request = ClientRequest::new(Arc::new(config), Arc::new(ids));
        let answer = Answer::response(self.response(case).encode());
        match request.handle_message(Some(&peers[0].0), &answer, &mut Fresh) {
            Verdict::Taken => Step::Taken,
            Verdict::Decided if matches!(request.decision(), Some(Decision::Success(_))) => Step::Succeeds,
            Verdict::Rejected(Rejection::InvalidAttestation) => Step::Refused,
            Verdict::Crash(Crash::AttestationWithoutPayload) => Step::Crashes,
            other => panic!("{case:?} {}: {other:?}", rule_set.name()),
        }
    }
}

#[test]
fn every_combination_is_judged_in_the_order_of_the_rule_set() {
    let keys = Keys::new();
    let mut seen = [0; 4];
    for case in cases() {
        for rule_set in RuleSet::ALL {
            let step = keys.step(case, rule_set);
            assert_eq!(step, expected(case, rule_set), "{case:?} under {}", rule_set.name());
            seen[step as usize] += 1;
        }
    }
    assert!(seen.iter().all(|count| *count > 50), "{seen:?}");
}
