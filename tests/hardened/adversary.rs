//! Random adversaries: up to `F` Byzantine peers that say anything, sign anything with their own keys, know every signature
//! of honest nodes over the truth, and choose the order in which all messages come.
//!
//! The same cases come in every run; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` ask for others and for more.

use std::sync::OnceLock;

use donsim::aggregator::{Answer, ClientRequest, Decision, Memo, Verdict};
use donsim::attestation::KeyPair;
use donsim::wire::{Any, AttributedSignature, ErrorCode, Kind, MeteringRecord, OcrAttestation, Response};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngSeed};

use crate::reference::{Facts, check};
use crate::world::{
    CONFIG_DIGEST, Don, SEQUENCE_NUMBER, TRUTH, TYPE_URL, UNIT, attested, bomb, canonical, digest, error, forged,
    garbage, ids, keys, peer, plain, signature, unavailable,
};

const MOST_NODES: usize = 10;
/// What honest nodes say where they agree that the call fails.
const AGREED: &str = "rpc failed";

fn key_pairs() -> &'static [KeyPair] {
    static KEYS: OnceLock<Vec<KeyPair>> = OnceLock::new();
    KEYS.get_or_init(|| keys(MOST_NODES))
}

/// A DON, and what each peer that is heard says, in the order of its coming.
#[derive(Clone, Debug)]
struct Case {
    don: Don,
    /// Whether honest nodes agree on an error in place of the truth.
    fails: bool,
    said: Vec<(usize, Answer)>,
    /// The same in another order.
    again: Vec<(usize, Answer)>,
}

/// Content of a Byzantine peer's response.
#[derive(Clone, Debug)]
struct Forgery {
    payload: Option<(&'static str, &'static str)>,
    has_value: bool,
    /// Values of its metering records, and whether they report gas.
    spent: Vec<&'static str>,
    has_gas: bool,
    capdon_n: u32,
    proof: Option<Proof>,
}

/// Content of a Byzantine peer's attestation.
#[derive(Clone, Debug)]
struct Proof {
    config_digest: [u8; 32],
    sequence_number: u64,
    /// Signers, and whether their signatures are not forged.
    signatures: Vec<(usize, bool)>,
}

fn don() -> impl Strategy<Value = Don> {
    let f = (1..=MOST_NODES).prop_flat_map(|nodes| (Just(nodes), 0..=(nodes - 1) / 2));
    f.prop_flat_map(|(nodes, f)| (Just((nodes, f)), prop_oneof![4 => Just(f + 1), 1 => f + 1..=nodes]))
        .prop_map(|((nodes, f), required)| Don { nodes, f, required })
}

fn case() -> impl Strategy<Value = Case> {
    let peers = don().prop_flat_map(|don| {
        let order = Just((0..don.nodes).collect::<Vec<_>>()).prop_shuffle();
        (Just(don), order, 0..=don.f, prop_oneof![4 => Just(false), 1 => Just(true)])
    });
    let said = peers.prop_flat_map(|(don, order, liars, fails)| {
        let liars = order[..liars].to_vec();
        let answers: Vec<_> = (0..don.nodes)
            .map(|at| {
                if liars.contains(&at) {
                    byzantine(don, fails, liars.clone()).boxed()
                } else {
                    honest(don, fails).boxed()
                }
            })
            .collect();
        let silent = 0..=don.nodes / 3;
        (Just((don, fails)), answers, Just((0..don.nodes).collect::<Vec<_>>()).prop_shuffle(), silent)
    });
    let ordered = said.prop_map(|(world, answers, order, silent)| {
        let heard = order.into_iter().skip(silent).map(|at| (at, answers[at].clone()));
        (world, heard.collect::<Vec<_>>())
    });
    ordered.prop_flat_map(|((don, fails), said)| {
        let again = Just(said.clone()).prop_shuffle();
        again.prop_map(move |again| Case { don, fails, said: said.clone(), again })
    })
}

fn honest(don: Don, fails: bool) -> impl Strategy<Value = Answer> {
    let signers = Just((0..don.nodes).collect::<Vec<_>>()).prop_shuffle();
    (signers, 0..4).prop_map(move |(signers, what)| match what {
        _ if fails => error(ErrorCode::INTERNAL_ERROR, AGREED),
        0 => unavailable(),
        1 => Answer::response(plain(TRUTH, "1").encode()),
        _ => {
            let genuine = attested(plain(TRUTH, "1"), key_pairs(), signers.into_iter().take(don.f + 1));
            Answer::response(genuine.encode())
        }
    })
}

fn byzantine(don: Don, fails: bool, liars: Vec<usize>) -> impl Strategy<Value = Answer> {
    let texts = select(vec!["", AGREED, "rpc failed ", "no unheard peer can complete the request"]);
    let errors = (select(vec![1, 5, -1]), texts).prop_map(|(code, text)| error(ErrorCode(code), text));
    prop_oneof![
        10 => forgery(don).prop_map(move |forgery| Answer::response(forgery.response(&liars, fails).encode())),
        2 => errors,
        1 => select(vec![unavailable(), bomb(), garbage()]),
    ]
}

fn forgery(don: Don) -> impl Strategy<Value = Forgery> {
    let payload = select(vec![
        None,
        Some((TYPE_URL, TRUTH)),
        Some((TYPE_URL, TRUTH)),
        Some(("another type", TRUTH)),
        Some((TYPE_URL, "a lie")),
    ]);
    let spent = select(vec![vec![], vec!["1"], vec!["1"], vec!["1000000"], vec!["1", "1"]]);
    let signatures = prop::collection::vec((0..=don.nodes, prop::bool::weighted(0.8)), 0..=2 * don.nodes);
    let digests = select(vec![CONFIG_DIGEST, CONFIG_DIGEST, CONFIG_DIGEST, [8; 32]]);
    let proof = (digests, select(vec![SEQUENCE_NUMBER, SEQUENCE_NUMBER, SEQUENCE_NUMBER, 1]), signatures)
        .prop_map(|(config_digest, sequence_number, signatures)| Proof { config_digest, sequence_number, signatures });
    let proof = prop::option::weighted(0.8, proof);
    (payload, prop::bool::weighted(0.2), spent, prop::bool::weighted(0.2), 0..3_u32, proof).prop_map(
        |(payload, has_value, spent, has_gas, capdon_n, proof)| Forgery {
            payload,
            has_value,
            spent,
            has_gas,
            capdon_n,
            proof,
        },
    )
}

impl Forgery {
    fn response(&self, liars: &[usize], fails: bool) -> Response {
        let gas = if self.has_gas { "5" } else { "" };
        let record = |spent: &&str| MeteringRecord {
            peer_2_peer_id: "whoever".into(),
            spend_unit: UNIT.into(),
            spend_value: (*spent).to_owned(),
            spend_value_in_gas_units: gas.into(),
        };
        let mut response = Response {
            payload: self.payload.map(|(type_url, value)| Any::new(type_url, value.into())),
            metering: self.spent.iter().map(record).collect(),
            capdon_n: self.capdon_n,
            ..Response::default()
        };
        if self.has_value {
            response.value.push("added", Kind::Bool(true));
        }
        response.attestation = self.proof.as_ref().map(|proof| proof.attestation(&response, liars, fails));
        response
    }
}

impl Proof {
    /// Liars sign this response; honest nodes have signed the truth, unless they agree that there is none.
    fn attestation(&self, response: &Response, liars: &[usize], fails: bool) -> OcrAttestation {
        let (config_digest, sequence_number) = (self.config_digest, self.sequence_number);
        let attestation = OcrAttestation { config_digest, sequence_number, signatures: Vec::new() };
        let record = response.metering.first().cloned().unwrap_or_default();
        let lie = digest(response.payload_value(), &record, &attestation);
        let genuine = OcrAttestation { config_digest: CONFIG_DIGEST, sequence_number: SEQUENCE_NUMBER, ..attestation };
        let truth = digest(TRUTH.as_bytes(), &plain(TRUTH, "1").metering[0], &genuine);
        let sign = |(signer, is_good): &(usize, bool)| -> AttributedSignature {
            match (liars.contains(signer), key_pairs().get(*signer).filter(|_| *is_good)) {
                (true, Some(key)) => signature(*signer, key.sign(&lie)),
                (false, Some(key)) if !fails => signature(*signer, key.sign(&truth)),
                _ => forged(*signer),
            }
        };
        OcrAttestation { config_digest, sequence_number, signatures: self.signatures.iter().map(sign).collect() }
    }
}

fn config(cases: u32) -> Config {
    let default = Config::default();
    let rng_seed = match default.rng_seed {
        RngSeed::Random => RngSeed::Fixed(1),
        fixed @ RngSeed::Fixed(_) => fixed,
    };
    // 256 is what proptest says when nobody asked for a number.
    let cases = if default.cases == 256 { cases } else { default.cases };
    Config { cases, rng_seed, failure_persistence: None, ..default }
}

/// Tells an aggregator everything in this order, and checks each step.
fn play(case: &Case, said: &[(usize, Answer)], memo: &mut Memo) -> Result<Option<Decision>, TestCaseError> {
    let don = case.don;
    let facts: Vec<Facts> = said.iter().map(|(_, answer)| Facts::of(don, key_pairs(), answer, memo)).collect();
    let mut request = ClientRequest::new(don.config(key_pairs()), ids());
    for (heard, (at, answer)) in (1..).zip(said) {
        let before = request.signatures_checked();
        let verdict = request.handle_message(Some(&peer(*at).0), answer, memo);
        prop_assert!(!matches!(verdict, Verdict::Crash(_)), "{verdict:?}");
        prop_assert!(request.signatures_checked() - before <= don.f as u64 + 1, "too many signatures are checked");
        let heard: Vec<&Facts> = facts[..heard].iter().collect();
        check(don, &heard, request.decision()).map_err(TestCaseError::fail)?;
        if let Some(decision) = request.decision() {
            return Ok(Some(decision.clone()));
        }
    }
    Ok(None)
}

proptest! {
    #![proptest_config(config(4_000))]

    /// Nothing is accepted but what honest nodes agree on, in every field, whoever comes first; and nothing fails but what
    /// honest nodes say has failed, or what nobody can complete.
    #[test]
    fn no_adversary_decides(case in case()) {
        let mut memo = Memo::new();
        for said in [&case.said, &case.again] {
            match play(&case, said, &mut memo)? {
                Some(Decision::Success(success)) => {
                    prop_assert!(!case.fails, "honest nodes agree that it fails");
                    prop_assert!(canonical(case.don).contains(&success.response), "{:?}", success);
                }
                Some(decision) => {
                    let text = decision.error().unwrap_or_default();
                    let agreed = case.fails && text == format!("INTERNAL_ERROR : {AGREED}");
                    prop_assert!(agreed || text.starts_with("no unheard peer can complete the request: "), "{text}");
                }
                None => {}
            }
        }
    }
}
