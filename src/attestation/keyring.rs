//! Public keys of signers, learnt from their signatures, and tables that make checking and signing cheap.
//!
//! A signer is configured by its address, so its first signatures are judged by recovering the public key from each
//! ([`is_signed_by`]). From then on the key `Q` is known, and a signature `(r, s, v)` over `z` recovers to it if and only if
//! the point `z/s * G + r/s * Q` is the one that `r` and `v` name: `r` is its abscissa reduced by the order of the curve, and
//! `v` tells its parity and whether reducing changed anything. Recovery solves the same equation for `Q`. With tables of the
//! multiples of `G` and `Q` the point costs 64 additions, a quarter of a recovery. The verdict is the same but where two
//! keys have one address: there, recovery takes either, and finding such keys means breaking keccak256.
//!
//! **When a table is made.** It takes as long as some forty recoveries, so a signer gets one once as many signatures in its
//! name were checked without: never more than twice the work of the better choice, however long the run.
//!
//! **Memory.** All tables of signers together take at most 48 MiB, so that with 128 signers each has windows of 8 bits. With
//! more signers the windows are narrower, so that all have tables, and who comes when nothing is left gets none.
//!
//! Arithmetic is k256's own, over its public types. The time it takes here depends on keys and nonces, which betrays them to
//! whoever can measure it: signing is for keys of simulations, checking handles nothing secret.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use k256::elliptic_curve::BatchNormalize;
use k256::{AffinePoint, ProjectivePoint, Scalar};

use super::multiples::{Multiples, sum};
use super::signature::{self, Address, KeyPair, Recoverable, SIGNATURE_LEN};

/// A signature, and the address of its alleged signer.
///
/// ```
/// use donsim::attestation::{Claim, KeyPair, Keyring};
///
/// let key = KeyPair::from_private(&[7; 32])?;
/// let (signature, address) = (key.sign(&[1; 32]), key.address().0);
/// let claim = Claim { signature: &signature, address: &address };
/// let nobodys = Claim { address: &[0; 20], ..claim };
/// assert_eq!(Keyring::new().check(&[1; 32], &[claim, nobodys]), [true, false]);
/// # Ok::<(), donsim::attestation::PrivateKeyError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// `r || s || v`, if it is one.
    pub signature: &'a [u8],
    /// The signer's 20 bytes, if they are.
    pub address: &'a [u8],
}

/// Windows of signers' tables. The widest are 352 KiB, made in about 2 ms; narrower ones than these gain too little.
const SIGNER_WIDTHS: RangeInclusive<u32> = 4..=8;

/// Window of the table of `G`, of which there is one only: 2.1 MiB, made in about 7 ms.
const GENERATOR_WIDTH: u32 = 11;

/// Checks without a table after which a signer's table pays.
const WORTH_CHECKS: u32 = 40;

/// Signatures without a table after which the table of `G` pays, should no check have made it.
const WORTH_SIGNATURES: u32 = 250;

/// Bytes of all tables of signers.
const BUDGET: usize = 48 << 20;

/// Keys that signatures gave away, and tables of those that sign often. Threads may share one; it changes how long checking
/// and signing take, and no verdict and no signature.
///
/// ```
/// use donsim::attestation::{Address, Claim, KeyPair, Keyring};
///
/// let (one, two) = (KeyPair::from_private(&[1; 32])?, KeyPair::from_private(&[2; 32])?);
/// let (keyring, digest) = (Keyring::new(), [9; 32]);
/// let signatures = keyring.sign_all(&[&one, &two], &digest);
/// assert_eq!(signatures, [one.sign(&digest), keyring.sign(&two, &digest)]);
///
/// let addresses: [Address; 2] = [one.address(), two.address()];
/// let claims = addresses.each_ref().map(|address| Claim { signature: &signatures[0], address: &address.0 });
/// assert_eq!(keyring.check(&digest, &claims), [true, false]);
/// assert_eq!(keyring.tables(), 0, "they come with use");
/// assert!([claims[0]; 50].iter().all(|claim| keyring.check(&digest, &[*claim]) == [true]));
/// assert_eq!(keyring.tables(), 1);
/// # Ok::<(), donsim::attestation::PrivateKeyError>(())
/// ```
pub struct Keyring {
    makes_tables: bool,
    signatures: AtomicU32,
    generator: OnceLock<Multiples>,
    ring: Mutex<Ring>,
}

/// Signers, and what they may still spend.
struct Ring {
    signers: BTreeMap<Address, Signer>,
    /// Signers with a table.
    tables: usize,
    /// Bytes that no table takes.
    left: usize,
}

struct Signer {
    key: AffinePoint,
    checks: u32,
    table: Option<Arc<Table>>,
}

/// A table that whoever needs it first makes.
struct Table {
    key: AffinePoint,
    width: u32,
    multiples: OnceLock<Multiples>,
}

impl Table {
    fn multiples(&self) -> &Multiples {
        self.multiples.get_or_init(|| Multiples::new(&self.key, self.width))
    }
}

impl Keyring {
    /// A keyring that knows nobody yet.
    #[must_use]
    pub fn new() -> Self {
        let ring = Ring { signers: BTreeMap::new(), tables: 0, left: BUDGET };
        Self { makes_tables: true, signatures: AtomicU32::new(0), generator: OnceLock::new(), ring: Mutex::new(ring) }
    }

    /// A keyring that never makes a table: every signature is recovered.
    pub(crate) fn without_tables() -> Self {
        Self { makes_tables: false, ..Self::new() }
    }

    /// Verdict on every claim: that of [`is_signed_by`](super::is_signed_by).
    #[must_use]
    pub fn check(&self, digest: &[u8; 32], claims: &[Claim<'_>]) -> Vec<bool> {
        let mut verdicts = vec![false; claims.len()];
        let mut known = Vec::with_capacity(claims.len());
        for (at, claim) in claims.iter().enumerate() {
            // Of another length it is nobody's.
            let Ok(address) = claim.address.try_into().map(Address) else { continue };
            let Some(signature) = Recoverable::parse(claim.signature) else { continue };
            match self.table(address) {
                Some(table) => known.push((at, signature, table)),
                None => verdicts[at] = self.recovers_to(digest, &signature, address),
            }
        }
        if !known.is_empty() {
            self.check_known(digest, &known).for_each(|(at, verdict)| verdicts[at] = verdict);
        }
        verdicts
    }

    /// The signature that [`KeyPair::sign`] makes.
    #[must_use]
    pub fn sign(&self, key: &KeyPair, digest: &[u8; 32]) -> [u8; SIGNATURE_LEN] {
        self.sign_all(&[key], digest)[0]
    }

    /// The signature of each key over a digest. Together they cost one inversion of a scalar and one of a coordinate.
    #[must_use]
    pub fn sign_all(&self, keys: &[&KeyPair], digest: &[u8; 32]) -> Vec<[u8; SIGNATURE_LEN]> {
        let count = u32::try_from(keys.len()).unwrap_or(u32::MAX);
        let pays = self.generator.get().is_some()
            || (self.makes_tables && self.signatures.fetch_add(count, Ordering::Relaxed) >= WORTH_SIGNATURES);
        if !pays {
            return keys.iter().map(|key| key.sign(digest)).collect();
        }
        let nonces: Vec<Scalar> = keys.iter().map(|key| key.nonce(digest)).collect();
        let mut terms = Vec::new();
        let points = nonces.iter().map(|nonce| {
            terms.clear();
            self.generator().terms(nonce, &mut terms);
            sum(&terms)
        });
        let points = ProjectivePoint::batch_normalize_vartime(&points.collect::<Vec<_>>()[..]);
        let inverses = signature::invert_all(nonces.into_iter());
        let parts = keys.iter().zip(&inverses).zip(&points);
        parts.map(|((key, inverse), point)| key.sign_with(digest, inverse, point)).collect()
    }

    /// Signers whose signatures are checked by tables.
    #[must_use]
    pub fn tables(&self) -> usize {
        self.ring().tables
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        // Whole at any moment, whoever panicked.
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn generator(&self) -> &Multiples {
        self.generator.get_or_init(|| Multiples::new(&AffinePoint::GENERATOR, GENERATOR_WIDTH))
    }

    /// Whether the signature recovers to the address; if so, the signer is known from now on.
    fn recovers_to(&self, digest: &[u8; 32], signature: &Recoverable, address: Address) -> bool {
        let Some(key) = signature.recover(digest).filter(|key| Address::of(key) == address) else { return false };
        if self.makes_tables {
            let mut ring = self.ring();
            let signer = || Signer { key: *key.as_affine(), checks: 1, table: None };
            ring.signers.entry(address).or_insert_with(signer);
        }
        true
    }

    /// The signer's table, if it has one or is due to get one.
    fn table(&self, address: Address) -> Option<Arc<Table>> {
        let mut ring = self.ring();
        let Ring { signers, tables, left } = &mut *ring;
        let without = signers.len() - *tables;
        let signer = signers.get_mut(&address)?;
        if signer.table.is_none() && signer.checks >= WORTH_CHECKS {
            let width = width(without, *left)?;
            *left -= Multiples::bytes(width);
            *tables += 1;
            signer.table = Some(Arc::new(Table { key: signer.key, width, multiples: OnceLock::new() }));
        }
        signer.checks = signer.checks.saturating_add(1);
        signer.table.clone()
    }

    /// Verdicts on signatures of signers with tables.
    fn check_known<'a>(
        &self,
        digest: &[u8; 32],
        claims: &'a [(usize, Recoverable, Arc<Table>)],
    ) -> impl Iterator<Item = (usize, bool)> + use<'a> {
        let inverses = signature::invert_all(claims.iter().map(|(_, signature, _)| signature.s()));
        let digest = signature::scalar(digest);
        let mut terms = Vec::new();
        let points = claims.iter().zip(inverses).map(|((_, signature, table), inverse)| {
            terms.clear();
            self.generator().terms(&(digest * inverse), &mut terms);
            table.multiples().terms(&(signature.r() * inverse), &mut terms);
            sum(&terms)
        });
        let points = ProjectivePoint::batch_normalize_vartime(&points.collect::<Vec<_>>()[..]);
        claims.iter().zip(points).map(|((at, signature, _), point)| (*at, signature.names(&point)))
    }
}

/// Window of the next table: as wide as all `without` can have, when so many bytes are left.
fn width(without: usize, left: usize) -> Option<u32> {
    SIGNER_WIDTHS.rev().find(|width| without * Multiples::bytes(*width) <= left)
}

impl Default for Keyring {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring").field("tables", &self.tables()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use k256::elliptic_curve::ff::PrimeField;

    use super::*;
    use crate::attestation::is_signed_by;

    #[test]
    fn as_many_tables_as_signers_within_the_budget() {
        for (signers, narrowest) in [(1, 8), (16, 8), (100, 8), (500, 5), (700, 4)] {
            let mut left = BUDGET;
            for without in (1..=signers).rev() {
                let width = width(without, left).expect("one for each");
                assert!(width >= narrowest, "{width} bits, {without} of {signers} without");
                left -= Multiples::bytes(width);
            }
        }
        assert_eq!(width(10_000, BUDGET), None);
        assert!(BUDGET + Multiples::bytes(GENERATOR_WIDTH) < 64 << 20);
    }

    #[test]
    fn keys_sign_together_as_each_alone() {
        let (keyring, key) = (Keyring::new(), |seed| KeyPair::from_private(&[seed; 32]).expect("small enough"));
        let keys: Vec<KeyPair> = (1..=6).map(key).collect();
        for digest in (0..100).map(|number| [number; 32]) {
            let together = keyring.sign_all(&keys.iter().collect::<Vec<_>>(), &digest);
            assert_eq!(together, keys.iter().map(|key| key.sign(&digest)).collect::<Vec<_>>());
        }
        assert!(keyring.generator.get().is_some() && keyring.sign_all(&[], &[0; 32]).is_empty());
    }

    /// No recovery gives the point at infinity, and no table takes it for a point.
    #[test]
    fn a_sum_at_infinity_is_nobodys() {
        let (keyring, key) = (Keyring::new(), KeyPair::from_private(&[7; 32]).expect("small enough"));
        let (valid, address) = (key.sign(&[1; 32]), key.address().0);
        let claim = Claim { signature: &valid, address: &address };
        assert!(keyring.check(&[1; 32], &[claim; 50]).into_iter().all(|verdict| verdict));
        assert_eq!(keyring.tables(), 1);
        let r: [u8; 32] = valid[..32].try_into().expect("32 bytes");
        let digest: [u8; 32] = (-signature::scalar(&r) * signature::scalar(&[7; 32])).to_repr().into();
        assert_eq!(signature::scalar(&digest) + signature::scalar(&r) * signature::scalar(&[7; 32]), Scalar::ZERO);
        assert!(!is_signed_by(&digest, &valid, &address));
        assert_eq!(keyring.check(&digest, &[claim; 2]), [false; 2]);
    }
}
