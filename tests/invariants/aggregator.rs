//! Properties of the aggregator under every rule set.

use std::cell::RefCell;
use std::collections::BTreeSet;

use donsim::aggregator::{
    Answer, Basis, ClientRequest, Crash, Decision, Fresh, Memo, Rejection, RuleSet, Verdict, Work,
};
use donsim::wire::{ErrorCode, PeerId, Response};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::config;
use crate::messages::{Don, Event, case};

/// What an aggregator made of some events.
#[derive(Debug, PartialEq)]
struct Play {
    verdicts: Vec<Verdict>,
    decision: Option<Decision>,
}

impl Play {
    /// Position of the event that decided.
    fn decided_at(&self) -> Option<usize> {
        self.verdicts.iter().position(|verdict| *verdict == Verdict::Decided)
    }
}

fn play<'e>(don: Don, rule_set: RuleSet, events: impl IntoIterator<Item = &'e Event>) -> Play {
    thread_local! {
        /// Signatures come from a small pool: one memory for all cases of a property makes it cheap.
        static MEMO: RefCell<Memo> = RefCell::new(Memo::new());
    }
    MEMO.with_borrow_mut(|memo| play_with(memo, don, rule_set, events))
}

fn play_with<'e>(
    work: &mut dyn Work,
    don: Don,
    rule_set: RuleSet,
    events: impl IntoIterator<Item = &'e Event>,
) -> Play {
    let mut request = ClientRequest::new(don.config(rule_set), Don::ids());
    let verdicts = events.into_iter().map(|event| take(&mut request, event, work)).collect();
    Play { verdicts, decision: request.decision().cloned() }
}

fn take(request: &mut ClientRequest, event: &Event, work: &mut dyn Work) -> Verdict {
    match event {
        Event::Answer(sender, answer) => request.handle_message(sender.as_deref(), answer, work),
        Event::Expiry => request.handle_expiry(),
    }
}

/// Whether a refused message has to leave no trace.
const fn is_sender_refused(verdict: &Verdict) -> bool {
    matches!(
        verdict,
        Verdict::Rejected(
            Rejection::NoSender
                | Rejection::MalformedSender(_)
                | Rejection::UnexpectedSender(_)
                | Rejection::AlreadyHeard(_)
        )
    )
}

proptest! {
    #![proptest_config(config(400))]

    /// There is at most one decision, it never changes, and whatever comes after it is ignored.
    #[test]
    fn a_decision_is_final((don, events) in case()) {
        for rule_set in RuleSet::ALL {
            let mut request = ClientRequest::new(don.config(rule_set), Don::ids());
            for event in events.iter().chain([&Event::Expiry, &Event::Expiry]) {
                let before = request.decision().cloned();
                let verdict = take(&mut request, event, &mut Fresh);
                if before.is_some() {
                    prop_assert_eq!(&verdict, &Verdict::Ignored);
                    prop_assert_eq!(request.decision(), before.as_ref());
                } else {
                    prop_assert_eq!(verdict == Verdict::Decided, request.decision().is_some());
                    prop_assert_ne!(verdict, Verdict::Ignored);
                }
            }
            prop_assert!(request.decision().is_some(), "a request outlives its expiry");
        }
    }

    /// The order of what comes after the decision is irrelevant.
    #[test]
    fn the_tail_has_no_order((don, events) in case(), swaps in prop::collection::vec(any::<Index>(), 24)) {
        for rule_set in RuleSet::ALL {
            let original = play(don, rule_set, &events);
            let Some(decided_at) = original.decided_at() else { continue };
            let mut shuffled = events.clone();
            let tail = &mut shuffled[decided_at + 1..];
            for (at, swap) in (0..tail.len()).zip(&swaps) {
                tail.swap(at, swap.index(tail.len()));
            }
            prop_assert_eq!(play(don, rule_set, &shuffled), original);
        }
    }

    /// A message whose sender is refused might as well not have come.
    #[test]
    fn refused_senders_leave_no_trace((don, events) in case()) {
        for rule_set in RuleSet::ALL {
            let mut original = play(don, rule_set, &events);
            let admitted = events.iter().zip(&original.verdicts).filter(|(_, verdict)| !is_sender_refused(verdict));
            let without = play(don, rule_set, admitted.map(|(event, _)| event));
            original.verdicts.retain(|verdict| !is_sender_refused(verdict));
            prop_assert_eq!(without, original);
        }
    }

    /// All that is left of a refused response is that its sender was heard: any other refused one would do.
    #[test]
    fn refused_responses_are_all_alike((don, mut events) in case()) {
        for rule_set in RuleSet::ALL {
            let original = play(don, rule_set, &events);
            let undecodable = || Answer::response(vec![0xff]);
            let mut replaced = 0;
            for (event, verdict) in events.iter_mut().zip(&original.verdicts) {
                let refused = Rejection::InvalidAttestation;
                match (event, verdict) {
                    (Event::Answer(_, answer), Verdict::Rejected(Rejection::Undecodable(_))) => *answer = undecodable(),
                    (Event::Answer(_, answer), Verdict::Rejected(rejection)) if *rejection == refused => *answer = undecodable(),
                    _ => continue,
                }
                replaced += 1;
            }
            let other = play(don, rule_set, &events);
            prop_assert_eq!(&other.decision, &original.decision);
            let differ = other.verdicts.iter().zip(&original.verdicts).filter(|(other, original)| other != original);
            prop_assert!(differ.count() <= replaced);
            for (other, original) in other.verdicts.iter().zip(&original.verdicts) {
                let both_refused = matches!((other, original), (Verdict::Rejected(_), Verdict::Rejected(_)));
                prop_assert!(other == original || both_refused, "{:?} instead of {:?}", other, original);
            }
        }
    }

    /// A success is canonical, and says what as many peers as it needs have said.
    #[test]
    fn a_success_was_said((don, events) in case()) {
        for rule_set in RuleSet::ALL {
            let Some(Decision::Success(success)) = play(don, rule_set, &events).decision else { continue };
            let decided = Response::decode(success.response.clone());
            prop_assert!(decided.is_ok());
            let decided = decided?;
            prop_assert_eq!(&decided.rope(), &success.response);
            let distinct: BTreeSet<_> = success.support.iter().collect();
            let needed = if success.basis == Basis::Quorum { don.config(rule_set).required() } else { 1 };
            prop_assert_eq!((distinct.len(), success.support.len()), (needed, needed));
            let said = |peer: &PeerId| events.iter().any(|event| match event {
                Event::Answer(Some(sender), answer) if answer.code == ErrorCode::OK => {
                    sender[..] == peer.0
                        && Response::decode(answer.payload.clone()).is_ok_and(|response| response.id() == decided.id())
                }
                _ => false,
            });
            prop_assert!(success.support.iter().all(said), "not all of {:?} said so", success.support);
        }
    }

    /// The original crashes for the two known reasons only, and never where a message is otherwise refused.
    #[test]
    fn crashes_have_their_reasons((don, events) in case()) {
        for rule_set in RuleSet::ALL {
            for (event, verdict) in events.iter().zip(play(don, rule_set, &events).verdicts) {
                let (Event::Answer(_, answer), Verdict::Crash(crash)) = (event, verdict) else { continue };
                let decoded = Response::decode(answer.payload.clone());
                match crash {
                    Crash::DecimalWithoutCoefficient => prop_assert!(decoded.is_err_and(|error| error.crashes_original())),
                    Crash::AttestationWithoutPayload => {
                        let response = decoded?;
                        prop_assert!(response.attestation.is_some() && response.payload.is_none());
                        prop_assert_ne!(rule_set, RuleSet::Identical);
                    }
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(config(150))]

    /// Remembered work and fresh work come to the same, whatever is remembered from the cases before.
    #[test]
    fn memory_changes_nothing((don, events) in case()) {
        for rule_set in RuleSet::ALL {
            let remembered = play(don, rule_set, &events);
            prop_assert_eq!(play_with(&mut Fresh, don, rule_set, &events), remembered);
        }
    }
}
