//! `high_s_signature`: every signature of the attestation in its other form, `n - s` in place of `s` and the other
//! parity of `R`. Anybody can compute it without a key, and it is as valid as the first: the rules do not refuse a high
//! `s`, so this attack changes bytes and nothing else.

use super::{Definition, attestations};
use crate::attestation::SIGNATURE_LEN;

/// The order of secp256k1, big-endian.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xba, 0xae, 0xdc,
    0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
];

pub(super) const FAULT: Definition = Definition {
    draw_key: 23,
    phrase: "send high-s signatures",
    behaviour: |_| {
        attestations::changes(|_, mut attestation| {
            for signature in &mut attestation.signatures {
                signature.signature = attestations::with_bytes(signature, |bytes| mirror(bytes));
            }
            Some(attestation)
        })
    },
    effect: |_, bearer| bearer.as_honest(),
    ..Definition::of_capability(
        "high_s_signature",
        "Signatures in their other form, n - s for s; the rules accept them.",
    )
};

/// Brings `r || s || v` into its other form; leaves bytes alone that are none.
fn mirror(signature: &mut [u8]) {
    if let Some((scalars, [v])) = signature.split_at_mut_checked(SIGNATURE_LEN - 1) {
        let mut borrow = false;
        for (s, n) in scalars[32..].iter_mut().zip(ORDER).rev() {
            let (difference, first) = n.overflowing_sub(*s);
            let (difference, second) = difference.overflowing_sub(u8::from(borrow));
            (*s, borrow) = (difference, first || second);
        }
        *v ^= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attestation::{KeyPair, is_signed_by};

    #[test]
    fn both_forms_are_valid_and_mirror_each_other() {
        for seed in 1..=8 {
            let key = KeyPair::from_private(&[seed; 32]).unwrap();
            let digest = [seed; 32];
            let low = key.sign(&digest).to_vec();
            let mut high = low.clone();
            mirror(&mut high);
            assert_ne!(high, low);
            assert!(high[32] >= 0x7f && is_signed_by(&digest, &high, &key.address().0));
            mirror(&mut high);
            assert_eq!(high, low);
        }
    }

    #[test]
    fn other_bytes_are_left_alone() {
        for len in [0, 64, 66] {
            let mut bytes = vec![1; len];
            mirror(&mut bytes);
            assert_eq!(bytes, vec![1; len]);
        }
    }
}
