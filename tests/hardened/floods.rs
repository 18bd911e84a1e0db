//! Signature floods: what `F` Byzantine peers can make a caller verify.

use donsim::aggregator::{Answer, ClientRequest, Decision, Fresh};
use donsim::wire::Response;

use crate::world::{Don, TRUTH, attested, canonical, forged, ids, keys, peer, plain, with_signature};

const DON: Don = Don { nodes: 10, f: 3, required: 4 };

/// Signatures that each of these responses costs, and the decision after them.
fn costs(responses: &[Response]) -> (Vec<u64>, Option<Decision>) {
    let mut request = ClientRequest::new(DON.config(&keys(DON.nodes)), ids());
    let cost = |(at, response): (usize, &Response)| {
        let before = request.signatures_checked();
        request.handle_message(Some(&peer(at).0), &Answer::response(response.encode()), &mut Fresh);
        request.signatures_checked() - before
    };
    let costs = responses.iter().enumerate().map(cost).collect();
    (costs, request.decision().cloned())
}

fn is_truth(decision: Option<&Decision>) -> bool {
    matches!(decision, Some(Decision::Success(success)) if success.response == canonical(DON)[1])
}

/// Colluders that know the genuine signatures forge the last one: they are told apart once.
#[test]
fn forged_signatures_over_one_report_cost_little() {
    let keys = keys(DON.nodes);
    let forgery = with_signature(attested(plain(TRUTH, "1"), &keys, 0..3), forged(3));
    let genuine = attested(plain(TRUTH, "1"), &keys, 0..4);
    let (costs, decision) = costs(&[forgery.clone(), forgery.clone(), forgery, genuine]);
    assert_eq!(costs, [4, 1, 1, 1]);
    assert!(is_truth(decision.as_ref()), "{decision:?}");
}

/// The dearest that there is: another lie in every message, signed by all colluders, and one signature forged.
#[test]
fn another_lie_in_every_message_costs_f_plus_1_each() {
    let keys = keys(DON.nodes);
    let lie = |text| with_signature(attested(plain(text, "1"), &keys, 0..3), forged(3));
    let genuine = attested(plain(TRUTH, "1"), &keys, 0..4);
    let (costs, decision) = costs(&[lie("one"), lie("two"), lie("three"), genuine]);
    assert_eq!(costs, [4, 4, 4, 4]);
    assert!(is_truth(decision.as_ref()), "{decision:?}");
}

/// What cannot complete a proof is not looked at: too few signers, one signer many times, signers that there are not.
#[test]
fn what_proves_nothing_costs_nothing() {
    let keys = keys(DON.nodes);
    let few = attested(plain(TRUTH, "1"), &keys, 0..3);
    let repeated = (0..100).fold(few.clone(), |response, _| with_signature(response, forged(2)));
    let strangers = (10..1_000).fold(few.clone(), |response, signer| with_signature(response, forged(signer)));
    assert_eq!(costs(&[few, repeated, strangers]), (vec![0, 0, 0], None));
}
