//! Verdicts by tables against recover-and-compare: the vectors, and signatures that were changed in every way that matters.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use donsim::attestation::{Claim, KeyPair, Keyring, SIGNATURE_LEN, is_signed_by};
use k256::ecdsa::{RecoveryId, Signature, VerifyingKey};
use k256::elliptic_curve::ff::PrimeField;
use k256::elliptic_curve::ops::Reduce;
use k256::{FieldBytes, Scalar};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha3::{Digest, Keccak256};

use crate::vectors::{Report, same};

/// So many checks give every signer that is in them its table.
const UNTIL_TABLES: usize = 50;

/// So many signatures make the table of the generator.
const UNTIL_SIGNING: usize = 300;

/// Changed signatures: all that was promised where k256 runs at full speed in every build, some where it does not.
const CHANGED: u64 = if cfg!(debug_assertions) { 20_000 } else { 1_000_000 };

/// Changed signatures by one draw.
const BLOCK: u64 = 1_000;

/// The keyring after it has seen these valid signatures until their signers have tables.
pub fn taught<'a>(valid: impl Iterator<Item = ([u8; 32], &'a [u8], &'a [u8])>) -> Keyring {
    let keyring = Keyring::new();
    let mut signers = BTreeSet::new();
    for (digest, signature, address) in valid {
        if signers.insert(address) {
            let claims = [Claim { signature, address }; UNTIL_TABLES];
            assert!(keyring.check(&digest, &claims).into_iter().all(|verdict| verdict));
        }
    }
    assert_eq!(keyring.tables(), signers.len());
    keyring
}

/// A keyring that has signed so often that it does so by a table.
pub fn ready_to_sign() -> Keyring {
    let (keyring, key) = (Keyring::new(), KeyPair::from_private(&[1; 32]).expect("small enough"));
    let signature = key.sign(&[7; 32]);
    assert!((0..UNTIL_SIGNING).all(|_| keyring.sign(&key, &[7; 32]) == signature));
    keyring
}

/// A valid signature over one of the digests.
struct Signed {
    signature: [u8; SIGNATURE_LEN],
    address: [u8; 20],
}

impl Signed {
    fn with_key(number: u8, digest: &[u8; 32]) -> Self {
        let key = KeyPair::from_private(&[number; 32]).expect("small enough");
        Self { signature: key.sign(digest), address: key.address().0 }
    }

    /// The signature of whoever it recovers to; `None` where that is nobody. This is how to come by signatures whose `r` was
    /// reduced, of which nobody finds one by signing.
    fn recovered(digest: &[u8; 32], r: Scalar, s: Scalar, v: u8) -> Option<Self> {
        let scalars = Signature::from_scalars(r, s).ok()?;
        let key = VerifyingKey::recover_from_prehash(digest, &scalars, RecoveryId::from_byte(v)?).ok()?;
        let address = Keccak256::digest(&key.to_sec1_point(false).as_bytes()[1..])[12..].try_into().expect("20 bytes");
        let mut signature = [0; SIGNATURE_LEN];
        signature[..64].copy_from_slice(&scalars.to_bytes());
        signature[64] = v;
        Some(Self { signature, address })
    }
}

/// Digests, each with signatures: of honest signers, and of points whose abscissa is small, or just above the order of the
/// curve.
struct Pool {
    signed: Vec<([u8; 32], Vec<Signed>)>,
}

impl Pool {
    fn new() -> Self {
        let digest = |number: u8| -> [u8; 32] { Keccak256::digest([number]).into() };
        Self { signed: (0..6).map(digest).map(|digest| (digest, signed(&digest))).collect() }
    }

    fn all(&self) -> impl Iterator<Item = ([u8; 32], &Signed)> {
        self.signed.iter().flat_map(|(digest, signed)| signed.iter().map(|signed| (*digest, signed)))
    }
}

fn signed(digest: &[u8; 32]) -> Vec<Signed> {
    let small = (1..5_u64).flat_map(|r| (0..4).map(move |v| (r, v)));
    let small = small.filter_map(|(r, v)| Signed::recovered(digest, Scalar::from(r), Scalar::from(r + 7), v));
    (1..=24).map(|number| Signed::with_key(number, digest)).chain(small).collect()
}

/// The order of the curve.
fn order() -> [u8; 32] {
    let mut order: [u8; 32] = (-Scalar::ONE).to_repr().into();
    order[31] += 1;
    order
}

/// A signature and an address, mostly not belonging together.
struct Changed {
    signature: Vec<u8>,
    address: Vec<u8>,
}

impl Changed {
    fn draw(signed: &[Signed], rng: &mut ChaCha8Rng) -> Self {
        let Signed { signature, address } = &signed[rng.random_range(0..signed.len())];
        let mut changed = Self { signature: signature.to_vec(), address: address.to_vec() };
        let other = &signed[rng.random_range(0..signed.len())].address;
        changed.change(other, rng);
        changed
    }

    fn change(&mut self, other: &[u8], rng: &mut ChaCha8Rng) {
        let at = rng.random_range(0..self.signature.len());
        match rng.random_range(0..18) {
            0 => self.signature[at] ^= 1 << rng.random_range(0..8),
            1 => self.signature[64] ^= 1,
            2 => self.signature[64] ^= 2,
            3 => self.signature[64] = rng.random_range(0..4),
            4 => self.signature[64] = rng.random_range(25..31),
            5 => self.negate_s(),
            6 => {
                self.negate_s();
                self.signature[64] ^= 1;
            }
            7 => self.signature[..32].fill(0),
            8 => self.signature[32..64].fill(0),
            9 => self.signature[..32].copy_from_slice(&order()),
            10 => self.signature[32..64].copy_from_slice(&order()),
            11 => self.signature.truncate(at),
            12 => self.signature.push(0),
            13 => self.address = other.to_vec(),
            14 => rng.fill(&mut self.signature[..64]),
            _ => {}
        }
    }

    /// The twin with another `s`.
    fn negate_s(&mut self) {
        let s: [u8; 32] = self.signature[32..64].try_into().expect("32 bytes");
        let twin = -<Scalar as Reduce<FieldBytes>>::reduce(&s.into());
        self.signature[32..64].copy_from_slice(&twin.to_repr());
    }
}

/// Verdicts by recovery. Most changes come to the same signature again and again, and its recovery to the same end; what tables
/// say of it may depend on what else is in its batch.
type Recovered = BTreeMap<([u8; 32], Vec<u8>, Vec<u8>), bool>;

/// Compares one block; returns what was valid, and the first difference.
fn block(number: u64, keyring: &Keyring, pool: &Pool, recovered: &mut Recovered) -> (u64, Result<(), String>) {
    let mut rng = ChaCha8Rng::seed_from_u64(number);
    let (mut done, mut valid, mut outcome) = (0, 0, Ok(()));
    while done < BLOCK {
        // Of one digest, as in an attestation; sometimes not the one that was signed.
        let (digest, signed) = &pool.signed[rng.random_range(0..pool.signed.len())];
        let mut digest = *digest;
        if rng.random_ratio(1, 10) {
            digest[rng.random_range(0..32)] ^= 1 << rng.random_range(0..8);
        }
        let batch: Vec<Changed> = (0..rng.random_range(1..12)).map(|_| Changed::draw(signed, &mut rng)).collect();
        let claim = |changed| {
            let Changed { signature, address, .. }: &Changed = changed;
            Claim { signature, address }
        };
        let claims: Vec<Claim<'_>> = batch.iter().map(claim).collect();
        let expected = claims.iter().map(|claim| {
            let key = (digest, claim.signature.to_vec(), claim.address.to_vec());
            *recovered.entry(key).or_insert_with(|| is_signed_by(&digest, claim.signature, claim.address))
        });
        let expected: Vec<bool> = expected.collect();
        done += claims.len() as u64;
        valid += expected.iter().filter(|verdict| **verdict).count() as u64;
        outcome = outcome.and(same(&format!("{digest:x?}, {claims:x?}"), &keyring.check(&digest, &claims), &expected));
    }
    (valid, outcome)
}

/// Changed signatures on all cores, by tables and by recovery.
pub fn changed() -> Result<Report, String> {
    let pool = Pool::new();
    let reduced = pool.all().filter(|(_, signed)| signed.signature[64] > 1).count();
    let keyring = taught(pool.all().map(|(digest, it)| (digest, &it.signature[..], &it.address[..])));
    let (next, valid) = (AtomicU64::new(0), AtomicU64::new(0));
    let work = || {
        let (mut differences, mut recovered) = (Vec::new(), Recovered::new());
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= CHANGED / BLOCK {
                return differences;
            }
            let (count, outcome) = block(number, &keyring, &pool, &mut recovered);
            valid.fetch_add(count, Ordering::Relaxed);
            differences.extend(outcome.err());
        }
    };
    let differences: Vec<String> = thread::scope(|scope| {
        let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
    });
    for difference in &differences {
        println!("{difference}");
    }
    let valid = valid.into_inner();
    // Neither verdict is rare, and signatures with a reduced `r` are among them.
    if !(CHANGED / 20..=CHANGED / 2).contains(&valid) || reduced < 10 {
        return Err(format!("{valid} of {CHANGED} are valid, {reduced} signatures have a reduced r"));
    }
    Ok(Report { lines: CHANGED as usize, differences: differences.len(), ..Report::default() })
}
