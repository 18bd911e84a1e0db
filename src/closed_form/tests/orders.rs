//! Against every order of a few answers, shown to a real aggregator message by message.

use std::sync::Arc;

use crate::aggregator::{
    Answer as Message, Attestation, ClientRequest, Config, Decision, Memo, RequestIds, RuleSet, Verdict,
};
use crate::attestation::{KeyPair, Report, signed_digest};
use crate::wire::{
    Any, AttributedSignature, Decimal, ErrorCode, Kind, MeteringRecord, OcrAttestation, PAYLOAD_NOT_AVAILABLE, PeerId,
    Response,
};

use super::super::answers::Rules;
use super::super::arrival::hand;
use super::super::casts::Cast;
use super::super::race::{End, Ends, UNDECIDED, play};
use crate::sim::effect::{Answer, Attached, Lie};

/// Peers, of which one may be faulty.
const N: u32 = 4;

/// One of each kind.
fn kinds() -> Vec<Answer> {
    let lie = Answer::Lie;
    vec![
        Answer::honest(true),
        Answer::honest(false),
        Answer::Unproven,
        lie(Lie::Shared, Attached::Nothing),
        lie(Lie::Shared, Attached::Invalid),
        lie(Lie::Own, Attached::Nothing),
        lie(Lie::OtherType, Attached::Valid),
        Answer::Error("down".into()),
        Answer::Error(format!("other words {PAYLOAD_NOT_AVAILABLE}")),
        Answer::OwnError { unavailable: false },
        Answer::OwnError { unavailable: true },
        Answer::Garbage,
        Answer::Bomb,
        Answer::Hollow,
        Answer::Silence,
    ]
}

/// What a real aggregator needs.
struct Desk {
    peers: Vec<PeerId>,
    keys: Vec<KeyPair>,
    memo: Memo,
}

impl Desk {
    fn new() -> Self {
        Self {
            peers: (0..N as u8).map(|at| PeerId([at; 32])).collect(),
            keys: (1..=N as u8).map(|seed| KeyPair::from_private(&[seed; 32]).unwrap()).collect(),
            memo: Memo::new(),
        }
    }

    /// The message of a peer.
    fn message(&self, peer: u32, answer: &Answer) -> Message {
        let record = MeteringRecord { spend_unit: "u".into(), spend_value: "1".into(), ..MeteringRecord::default() };
        let payload = |value: &str| Some(Any::new("type", value.to_owned().into()));
        let right = Response { metering: vec![record], payload: payload("right"), ..Response::default() };
        let own = |text: &str| format!("{text} {peer}");
        let hold = |response: Response| Message::response(response.encode());
        let attested = |attached: Attached, response: Response| match attached {
            Attached::Nothing => hold(response),
            Attached::Invalid => hold(Response { attestation: Some(self.attestation("something else")), ..response }),
            Attached::Valid => hold(Response { attestation: Some(self.attestation("right")), ..response }),
        };
        match answer {
            Answer::Proven => attested(Attached::Valid, right),
            Answer::Unproven => attested(Attached::Invalid, right),
            Answer::Lie(Lie::OtherType, attached) => {
                let payload = Some(Any::new("other", "right".to_owned().into()));
                attested(*attached, Response { payload, ..right })
            }
            Answer::Lie(Lie::Own, attached) => attested(*attached, Response { payload: payload(&own("lie")), ..right }),
            Answer::Lie(_, attached) => attested(*attached, Response { payload: payload("lie"), ..right }),
            Answer::Error(text) => Message::error(ErrorCode::INTERNAL_ERROR, text.clone()),
            Answer::OwnError { unavailable: false } => Message::error(ErrorCode::INTERNAL_ERROR, own("down")),
            Answer::OwnError { unavailable: true } => {
                Message::error(ErrorCode::INTERNAL_ERROR, own(PAYLOAD_NOT_AVAILABLE))
            }
            Answer::Bomb => {
                let mut bomb = Response::default();
                bomb.value.push("price", Kind::Decimal(Decimal::default().into()));
                hold(bomb)
            }
            Answer::Hollow => attested(Attached::Valid, Response { payload: None, ..right }),
            Answer::Garbage | Answer::Silence | Answer::Absence => Message::response(vec![0x0f]),
        }
    }

    /// Of the first two signers.
    fn attestation(&self, payload: &str) -> OcrAttestation {
        let report = Report {
            workflow_execution_id: "wf",
            reference_id: "ref",
            payload: payload.as_bytes(),
            spend_unit: "u",
            spend_value: "1",
        };
        let (config_digest, sequence_number) = ([7; 32], 42);
        let digest = signed_digest(&report.data(), &config_digest, sequence_number);
        let sign = |signer: u32| AttributedSignature {
            signature: self.keys[signer as usize].sign(&digest).to_vec().into(),
            signer,
        };
        OcrAttestation { config_digest, sequence_number, signatures: vec![sign(0), sign(1)] }
    }

    /// How a request ends and after how many messages, if it does.
    fn end(&mut self, config: &Arc<Config>, order: &[(u32, &Message)]) -> Option<(End, usize)> {
        let ids = RequestIds { workflow_execution_id: "wf".into(), reference_id: "ref".into() };
        let mut request = ClientRequest::new(Arc::clone(config), Arc::new(ids));
        for ((peer, message), heard) in order.iter().zip(1..) {
            match request.handle_message(Some(&self.peers[*peer as usize].0), message, &mut self.memo) {
                Verdict::Crash(_) => return Some((End::Crashed, heard)),
                Verdict::Decided => {
                    let Some(Decision::Success(success)) = request.decision() else {
                        return Some((End::Failed, heard));
                    };
                    let response = Response::decode(success.response.clone()).unwrap();
                    let is_right = response.payload.is_some_and(|it| it == Any::new("type", "right".to_owned().into()));
                    return Some((if is_right { End::Right } else { End::Wrong }, heard));
                }
                _ => {}
            }
        }
        None
    }

    /// The same as [`play`], by trying every order.
    fn every_order(&mut self, config: &Arc<Config>, answers: &[&Answer]) -> Ends {
        let messages: Vec<(u32, Message)> = (0..)
            .zip(answers)
            .filter(|(_, answer)| ***answer != Answer::Silence)
            .map(|(peer, answer)| (peer, self.message(peer, answer)))
            .collect();
        let n = messages.len();
        let orders: Vec<Vec<usize>> = orders(n);
        let mut ends = Ends(std::array::from_fn(|_| vec![0.0; n + 1]));
        for order in &orders {
            let order: Vec<(u32, &Message)> = order.iter().map(|at| (messages[*at].0, &messages[*at].1)).collect();
            let share = 1.0 / orders.len() as f64;
            let end = self.end(config, &order);
            if let Some((end, heard)) = end {
                ends.0[end as usize][heard..].iter_mut().for_each(|sum| *sum += share);
            }
            let before = end.map_or(n + 1, |(_, heard)| heard);
            ends.0[UNDECIDED][..before].iter_mut().for_each(|sum| *sum += share);
        }
        ends
    }
}

fn orders(n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![Vec::new()];
    }
    let shorter = orders(n - 1);
    let with_last = |at: usize| {
        let insert = move |order: &Vec<usize>| [&order[..at], &[n - 1], &order[at..]].concat();
        shorter.iter().map(insert).collect::<Vec<_>>()
    };
    (0..n).flat_map(with_last).collect()
}

/// What a race comes to by what has arrived, with what does nothing put back in.
fn by_prefix(ends: &Ends, answers: usize) -> Vec<Vec<f64>> {
    let raised = |end: &Vec<f64>| {
        let blank = |arrived: usize| {
            let left = super::super::binomial::hypergeometric(answers, end.len() - 1, arrived);
            left.iter().zip(end).map(|(p, value)| p * value).sum()
        };
        (0..=answers).map(blank).collect()
    };
    ends.0.iter().map(raised).collect()
}

#[test]
fn every_order_of_four_answers() {
    let (mut desk, kinds) = (Desk::new(), kinds());
    let signers: Vec<Vec<u8>> = desk.keys.iter().map(|key| key.address().0.to_vec()).collect();
    let mut compared = 0;
    for (f, required) in [(1, 2), (1, 3), (0, 1)] {
        // There is no closed form of signers that add up.
        for set in RuleSet::ALL.into_iter().filter(|set| set.definition().attestation != Attestation::Signers) {
            let config = Config::new(desk.peers.clone(), signers.clone(), f, set).unwrap();
            let config = Arc::new(config.with_min_responses(required).unwrap());
            let (definition, attestation_suffices) = (set.definition(), required == f + 1);
            let rules = Rules { definition, nodes: N, required: required as u32, attestation_suffices };
            // Every 7th of all multisets, another 7th for each rule set.
            let mut number = set as usize;
            for_multisets(&kinds, &mut |answers| {
                number += 1;
                if !number.is_multiple_of(7) {
                    return;
                }
                let mut cast = Cast::new();
                for answer in answers {
                    *cast.entry((*answer).clone()).or_default() += 1;
                }
                let said = answers.iter().filter(|answer| ***answer != Answer::Silence).count();
                let law = by_prefix(&play(&rules, &hand(&rules, &cast), &mut 0).unwrap(), said);
                let tried = desk.every_order(&config, answers);
                for (law, tried) in law.iter().zip(&tried.0) {
                    let same = law.iter().zip(tried).all(|(law, tried)| (law - tried).abs() < 1e-12);
                    assert!(same, "{set:?}, R = {required}, {answers:?}: {law:?} against {tried:?}");
                }
                compared += 1;
            });
        }
    }
    assert!(compared > 5_000, "{compared}");
}

/// All ways to choose four of the kinds, the same one several times or not.
fn for_multisets(kinds: &[Answer], see: &mut dyn FnMut(&[&Answer])) {
    let n = kinds.len();
    for a in 0..n {
        for b in a..n {
            for c in b..n {
                for d in c..n {
                    see(&[a, b, c, d].map(|at| &kinds[at]));
                }
            }
        }
    }
}
