//! Phrases for the faults of the catalogue.

/// Phrase that says, after "nodes", what nodes with a fault do.
pub(super) fn phrase(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "at_deadline" => "answer at the deadline",
        "caller_flood" => "flood the DON with requests",
        "caller_other_request" => "ask for something else",
        "caller_repeats" => "repeat requests",
        "caller_silent" => "never ask",
        "caller_slow" => "ask late",
        "colluding_signers" => "collude",
        "crash" => "crash",
        "decimal_without_coefficient" => "send a decimal without digits",
        "delay_to_deadline" => "wait for the deadline",
        "doubled_metering" => "double the metering record",
        "drop_requests" => "drop requests",
        "duplicate_answers" => "repeat answers",
        "duplicate_signer" => "repeat a signer",
        "equivocation" => "equivocate",
        "error_spam" => "send errors",
        "false_pna" => "deny having the payload",
        "forged_signature" => "forge signatures",
        "hidden_pna" => "hide a payload-not-available text in errors",
        "high_s_signature" => "send high-s signatures",
        "impersonation" => "answer in the name of others",
        "missing_metering" => "leave out the metering record",
        "missing_payload" => "leave out the payload",
        "oversized" => "blow up responses",
        "random_signature" => "send noise for a signature",
        "replayed_attestation" => "replay attestations",
        "replayed_sequence" => "change the sequence number",
        "signer_out_of_range" => "invent a signer",
        "silent" => "fall silent",
        "slow" => "slow down",
        "stale_config_digest" => "attest under an old configuration",
        "stolen_attestation" => "lie under a genuine attestation",
        "surplus_signature" => "add a bad signature",
        "tampered_fields" => "tamper with unsigned fields",
        "tampered_metering" => "tamper with metering",
        "too_few_signatures" => "leave out a signature",
        "truncated_response" => "truncate responses",
        "truncated_signature" => "truncate signatures",
        "undecodable" => "send random bytes",
        "wrong_payload" => "send wrong payloads",
        "wrong_v_signature" => "flip recovery ids",
        "zero_r_signature" => "send signatures with r = 0",
        "zero_s_signature" => "send signatures with s = 0",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_fault_has_a_phrase() {
        for fault in crate::scenario::fault_catalogue() {
            assert!(super::phrase(fault.name).is_some(), "{}", fault.name);
        }
    }
}
