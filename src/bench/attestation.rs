//! Checking attestations of known signers, and signing, against k256's recovery and signing.

use std::hint::black_box;

use crate::attestation::{Claim, KeyPair, Keyring, SIGNATURE_LEN, is_signed_by};

use super::{Arms, Comparison, Figure};

pub(super) const COMPARISONS: &[Comparison] = &[
    check("check_r2", 0.35, || checks(4, 2)),
    check("check_r6", 0.28, || checks(16, 6)),
    check("check_r11", 0.28, || checks(31, 11)),
    Comparison {
        name: "sign",
        ours: "a signature by the table of G",
        reference: "k256's signature",
        figure: Figure::Ratio,
        aim: 0.6,
        warm_up: WARM_UP,
        arms: signatures,
    },
];

const fn check(name: &'static str, aim: f64, arms: fn() -> Arms) -> Comparison {
    let (ours, reference) = ("an attestation of known signers", "its signatures, each recovered to an address");
    Comparison { name, ours, reference, figure: Figure::Ratio, aim, warm_up: WARM_UP, arms }
}

/// Different attestations, so that tables are not found in the nearest cache only.
const POOL: usize = 64;

/// Until every signer has its table.
const WARM_UP: u32 = 8 * POOL as u32;

fn keys(count: u8) -> Vec<KeyPair> {
    (1..=count).map(|number| KeyPair::from_private(&[number; 32]).expect("small enough")).collect()
}

fn digest(number: usize) -> [u8; 32] {
    let mut digest = [0xa5; 32];
    digest[..8].copy_from_slice(&(number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes());
    digest
}

struct Attestation {
    digest: [u8; 32],
    signatures: Vec<([u8; SIGNATURE_LEN], [u8; 20])>,
}

impl Attestation {
    fn claims(&self) -> Vec<Claim<'_>> {
        self.signatures.iter().map(|(signature, address)| Claim { signature, address }).collect()
    }
}

/// Attestations of `count` of the signers, in turn.
fn attestations(keys: &[KeyPair], count: usize) -> Vec<Attestation> {
    let attestation = |number| {
        let digest = digest(number);
        let signers = (0..count).map(|at| &keys[(number + at) % keys.len()]);
        Attestation { digest, signatures: signers.map(|key| (key.sign(&digest), key.address().0)).collect() }
    };
    (0..POOL).map(attestation).collect()
}

fn checks(signers: u8, count: usize) -> Arms {
    let pool = attestations(&keys(signers), count);
    let again = attestations(&keys(signers), count);
    let keyring = Keyring::new();
    let ours = calls(pool, move |Attestation { digest, .. }, claims| keyring.check(digest, claims).iter().all(|v| *v));
    let one = |digest: &[u8; 32], claim: &Claim<'_>| is_signed_by(digest, claim.signature, claim.address);
    let reference =
        calls(again, move |Attestation { digest, .. }, claims| claims.iter().all(|claim| one(digest, claim)));
    Arms { ours: Box::new(ours), reference: Box::new(reference) }
}

/// Calls `check` with the attestations in turn; each is valid.
fn calls(pool: Vec<Attestation>, check: impl Fn(&Attestation, &[Claim<'_>]) -> bool) -> impl FnMut() {
    let mut next = (0..POOL).cycle();
    move || {
        let attestation = &pool[next.next().expect("endless")];
        assert!(check(attestation, black_box(&attestation.claims())));
    }
}

fn signatures() -> Arms {
    let (keyring, keys) = (Keyring::new(), keys(16));
    let ours = signing(keys.clone(), move |key, digest| keyring.sign(key, digest));
    let reference = signing(keys, KeyPair::sign);
    Arms { ours: Box::new(ours), reference: Box::new(reference) }
}

/// Signs another digest with every call.
fn signing(keys: Vec<KeyPair>, sign: impl Fn(&KeyPair, &[u8; 32]) -> [u8; SIGNATURE_LEN]) -> impl FnMut() {
    let mut next = 0;
    move || {
        black_box(sign(&keys[next % keys.len()], &digest(next)));
        next += 1;
    }
}
