//! How keys read.

use super::*;

#[test]
fn keys_read_as_phrases() {
    assert_eq!(along("network.response.loss"), "as responses get lost");
    assert_eq!(along("faults.silent.nodes"), "as more nodes fall silent");
    assert_eq!(along("faults.caller_silent.0.nodes"), "as more workflow nodes never ask");
    assert_eq!(along("faults.new_kind.nodes"), "as more nodes do “new kind”");
    assert_eq!(along("faults.slow.delay"), "over faults.slow.delay");
    assert_eq!(along("run.seed"), "over run.seed");
    assert_eq!(by(&[RULE_SET, HOLDERS].map(str::to_owned)), "by rule set and holders");
    assert_eq!(in_series("faults.error_spam.nodes", true), "error spam nodes");
    assert_eq!([false, true].map(|has_numbers| in_series(HOLDERS, has_numbers)), ["", "payload holders"]);
    assert_eq!(
        ["request.payload_size", "network.response.loss", "capability_don.f", "faults.slow.nodes"].map(in_sentence),
        ["payload", "lost responses", "F", "slow nodes"]
    );
    assert_eq!(["Lost messages", "F of the DON", "F"].map(lower), ["lost messages", "F of the DON", "F"]);
}
