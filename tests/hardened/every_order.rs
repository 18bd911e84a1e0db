//! Every sequence of a small alphabet of messages, of up to five peers: every content of every peer in every order.

use donsim::aggregator::{Answer, ClientRequest, Decision, Memo, Verdict};
use donsim::attestation::KeyPair;
use donsim::wire::{Any, ErrorCode, Kind, Response, Rope};

use crate::reference::{Facts, check};
use crate::world::{
    Don, TRUTH, attested, bomb, canonical, error, forged, garbage, ids, keys, peer, plain, unavailable, with_signature,
};

/// A message, whoever sends it.
struct Letter {
    answer: Answer,
    facts: Facts,
    /// Whether an honest node may send it, where honest nodes agree on the truth.
    is_honest: bool,
}

/// The alphabet: what honest nodes send comes first.
fn alphabet(don: Don, keys: &[KeyPair], memo: &mut Memo) -> Vec<Letter> {
    let (f, required) = (don.f, don.f + 1);
    let right = || plain(TRUTH, "1");
    let genuine = || attested(right(), keys, 0..required.min(don.nodes));
    let mut altered = Response { payload: Some(Any::new("another type", TRUTH.into())), ..genuine() };
    altered.value.push("added", Kind::Bool(true));
    altered.metering[0].spend_value_in_gas_units = "1000000".into();
    let lie = || plain("a lie", "1");
    // Colluders sign their lie, and one signature more is forged.
    let signed_lie = with_signature(attested(lie(), keys, don.nodes - f..don.nodes), forged(0));
    // Signatures of different signers, one too few each.
    let first_part = with_signature(attested(right(), keys, 0..f), forged(f));
    let second_part = with_signature(attested(right(), keys, [f]), forged((f + 1) % don.nodes));
    let mut answers = [
        genuine(),
        right(),
        plain(TRUTH, "1000000"),
        altered,
        lie(),
        signed_lie,
        first_part,
        second_part,
        Response { payload: None, ..genuine() },
    ]
    .map(|response| Answer::response(response.encode()))
    .to_vec();
    answers.insert(0, unavailable());
    answers.extend([bomb(), garbage(), error(ErrorCode::INTERNAL_ERROR, "down"), error(ErrorCode::TIMEOUT, "down")]);
    let letter = |(at, answer): (usize, Answer)| {
        let facts = Facts::of(don, keys, &answer, memo);
        Letter { answer, facts, is_honest: at < 3 }
    };
    answers.into_iter().enumerate().map(letter).collect()
}

/// Numbers that tell that the test was not vacuous.
#[derive(Debug, Default)]
struct Sights {
    steps: u64,
    successes: u64,
    errors: u64,
    hopeless: u64,
    most_checks: u64,
}

struct Explorer<'a> {
    don: Don,
    letters: &'a [Letter],
    /// The accepted bytes that honest nodes vouch for, with their record and without.
    canonical: [Rope; 2],
    memo: Memo,
    sights: Sights,
}

impl Explorer<'_> {
    /// Lets the next peer say everything that it can say, and goes on while nothing is decided.
    fn explore(&mut self, request: &ClientRequest, said: &mut Vec<usize>) {
        let letters = self.letters;
        for (at, letter) in letters.iter().enumerate() {
            let mut request = request.clone();
            let before = request.signatures_checked();
            let verdict = request.handle_message(Some(&peer(said.len()).0), &letter.answer, &mut self.memo);
            said.push(at);
            self.sights.steps += 1;
            assert!(!matches!(verdict, Verdict::Crash(_) | Verdict::Ignored), "{:?} {said:?}: {verdict:?}", self.don);
            let checks = request.signatures_checked() - before;
            assert!(checks <= self.don.f as u64 + 1, "{:?} {said:?}: {checks} signatures", self.don);
            self.sights.most_checks = self.sights.most_checks.max(checks);
            self.judge(&request, said);
            if request.decision().is_none() {
                self.explore(&request, said);
            }
            said.pop();
        }
    }

    fn judge(&mut self, request: &ClientRequest, said: &[usize]) {
        let heard: Vec<&Facts> = said.iter().map(|at| &self.letters[*at].facts).collect();
        check(self.don, &heard, request.decision()).unwrap_or_else(|why| panic!("{:?} {said:?}: {why}", self.don));
        match request.decision() {
            Some(Decision::Success(success)) => {
                self.sights.successes += 1;
                // Whatever the order, as long as no more than F lie.
                if said.iter().filter(|at| !self.letters[**at].is_honest).count() <= self.don.f {
                    assert!(self.canonical.contains(&success.response), "{:?} {said:?}", self.don);
                }
            }
            Some(decision) if decision.error().is_some_and(|text| text.ends_with(" : down")) => self.sights.errors += 1,
            Some(_) => self.sights.hopeless += 1,
            None => {}
        }
    }
}

#[test]
fn every_order_of_every_message() {
    let keys = keys(5);
    for nodes in 1..=5 {
        for f in 0..nodes.min(3) {
            for required in f + 1..=nodes.min(f + 2) {
                let don = Don { nodes, f, required };
                let mut memo = Memo::new();
                let letters = alphabet(don, &keys, &mut memo);
                let canonical = canonical(don);
                let mut explorer = Explorer { don, letters: &letters, canonical, memo, sights: Sights::default() };
                let request = ClientRequest::new(don.config(&keys), ids());
                explorer.explore(&request, &mut Vec::new());
                println!("{don:?}: {:?}", explorer.sights);
                let Sights { successes, errors, hopeless, most_checks, .. } = explorer.sights;
                assert!(successes > 0 && hopeless > 0, "{don:?}");
                // Where so many are needed, fewer errors leave too few.
                assert_eq!(errors > 0, don.attests() || 2 * required <= nodes + 1, "{don:?}");
                assert_eq!(most_checks, if don.attests() { f as u64 + 1 } else { 0 }, "{don:?}");
            }
        }
    }
}
