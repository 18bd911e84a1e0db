//! Recoverable ECDSA signatures on secp256k1, judged by the signer's address.

use std::fmt;

use k256::ecdsa::{RecoveryId, Signature, SigningKey, VerifyingKey};
use k256::elliptic_curve::Curve;
use k256::elliptic_curve::ff::PrimeField;
use k256::elliptic_curve::ops::Reduce;
use k256::elliptic_curve::point::AffineCoordinates;
use k256::elliptic_curve::scalar::IsHigh;
use k256::{AffinePoint, FieldBytes, Scalar, Secp256k1, U256};
use rfc6979::KGenerator;
use sha2::Sha256;
use sha3::{Digest, Keccak256};
use thiserror::Error;

/// Length of a signature `r || s || v`.
///
/// ```
/// use donsim::attestation::{KeyPair, SIGNATURE_LEN, is_signed_by};
///
/// let key = KeyPair::from_private(&[7; 32])?;
/// let signature = key.sign(&[1; 32]);
/// assert!(is_signed_by(&[1; 32], &signature[..SIGNATURE_LEN], &key.address().0) && signature[64] <= 1, "`v` is last");
/// assert!(!is_signed_by(&[1; 32], &signature[..SIGNATURE_LEN - 1], &key.address().0));
/// # Ok::<(), donsim::attestation::PrivateKeyError>(())
/// ```
pub const SIGNATURE_LEN: usize = 65;

/// The last 20 bytes of keccak256 of the uncompressed public key without its leading byte.
///
/// ```
/// use donsim::attestation::KeyPair;
///
/// let mut one = [0; 32];
/// one[31] = 1;
/// let address = KeyPair::from_private(&one)?.address();
/// assert_eq!(format!("{address:?}"), "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf");
/// # Ok::<(), donsim::attestation::PrivateKeyError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(pub [u8; 20]);

impl Address {
    pub(super) fn of(key: &VerifyingKey) -> Self {
        let point = key.to_sec1_point(false);
        let hash = Keccak256::digest(&point.as_bytes()[1..]);
        let mut address = [0; 20];
        address.copy_from_slice(&hash[12..]);
        Self(address)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("0x")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Bytes that are no private key: zero, or not below the order of the curve.
///
/// ```
/// use donsim::attestation::{KeyPair, PrivateKeyError};
///
/// for bytes in [[0; 32], [0xff; 32]] {
///     assert_eq!(KeyPair::from_private(&bytes).expect_err("no private key"), PrivateKeyError);
/// }
/// assert!(PrivateKeyError.to_string().ends_with("zero, or not below the order of the curve"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a secp256k1 private key: zero, or not below the order of the curve")]
pub struct PrivateKeyError;

/// A signer's key pair.
///
/// ```
/// use donsim::attestation::{KeyPair, PrivateKeyError, SIGNATURE_LEN, is_signed_by, signed_digest};
///
/// let key = KeyPair::from_private(&[7; 32])?;
/// let digest = signed_digest(&[1; 32], &[2; 32], 42);
/// let mut signature: [u8; SIGNATURE_LEN] = key.sign(&digest);
/// assert!(is_signed_by(&digest, &signature, &key.address().0));
/// assert!(!is_signed_by(&signed_digest(&[1; 32], &[2; 32], 43), &signature, &key.address().0));
/// signature[64] ^= 1;
/// assert!(!is_signed_by(&digest, &signature, &key.address().0));
/// assert_eq!(KeyPair::from_private(&[0; 32]).unwrap_err(), PrivateKeyError);
/// # Ok::<(), PrivateKeyError>(())
/// ```
#[derive(Clone)]
pub struct KeyPair {
    key: SigningKey,
    address: Address,
}

impl KeyPair {
    /// The pair of a private key, 32 big-endian bytes.
    ///
    /// # Errors
    /// When the bytes are no private key.
    pub fn from_private(bytes: &[u8; 32]) -> Result<Self, PrivateKeyError> {
        let key = SigningKey::from_slice(bytes).map_err(|_| PrivateKeyError)?;
        let address = Address::of(key.verifying_key());
        Ok(Self { key, address })
    }

    /// The signer's address.
    #[must_use]
    pub const fn address(&self) -> Address {
        self.address
    }

    /// Signs a digest deterministically (RFC 6979) with low `s`, `v` being 0 or 1.
    #[must_use]
    pub fn sign(&self, digest: &[u8; 32]) -> [u8; SIGNATURE_LEN] {
        let (signature, recovery) = self.key.sign_prehash_recoverable(digest);
        Recoverable { signature, recovery }.to_bytes()
    }

    /// The nonce with which it signs a digest: the first of RFC 6979.
    pub(super) fn nonce(&self, digest: &[u8; 32]) -> Scalar {
        let mut nonces = KGenerator::<Sha256, U256>::new(&self.key.to_bytes(), digest, &[], &Secp256k1::ORDER);
        let mut nonce = FieldBytes::default();
        nonces.fill_next_k(&mut nonce);
        scalar(&nonce.0)
    }

    /// The same signature, from the inverse of the nonce and its product with the generator.
    pub(super) fn sign_with(&self, digest: &[u8; 32], inverse: &Scalar, point: &AffinePoint) -> [u8; SIGNATURE_LEN] {
        let r = scalar(&point.x().0);
        let s = *inverse * (scalar(digest) + r * self.key.as_nonzero_scalar().as_ref());
        // Refuses zeros, of which nobody has ever seen one; for them another nonce has to come.
        let Ok(signature) = Signature::from_scalars(r, s) else { return self.sign(digest) };
        let recovery =
            RecoveryId::new(bool::from(point.y_is_odd()) != bool::from(s.is_high()), r.to_repr() != point.x());
        Recoverable { signature: signature.normalize_s(), recovery }.to_bytes()
    }
}

impl fmt::Debug for KeyPair {
    /// Never prints the private key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyPair").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Whether `signature` over `digest` recovers to the public key of `address`.
///
/// A high `s` is not refused; a wrong length, `v` above 3, and `r` or `s` of zero or beyond the order are. An address
/// of another length than 20 bytes matches nothing.
///
/// ```
/// use donsim::attestation::{KeyPair, is_signed_by};
///
/// let (key, other) = (KeyPair::from_private(&[1; 32])?, KeyPair::from_private(&[2; 32])?);
/// let signature = key.sign(&[9; 32]);
/// assert!(is_signed_by(&[9; 32], &signature, &key.address().0));
/// assert!(!is_signed_by(&[9; 32], &signature, &other.address().0));
/// assert!(!is_signed_by(&[8; 32], &signature, &key.address().0), "it is over another digest");
/// # Ok::<(), donsim::attestation::PrivateKeyError>(())
/// ```
#[must_use]
pub fn is_signed_by(digest: &[u8; 32], signature: &[u8], address: &[u8]) -> bool {
    let signer = Recoverable::parse(signature).and_then(|signature| signature.recover(digest));
    signer.is_some_and(|signer| Address::of(&signer).0 == address)
}

/// A signature with what is needed to recover its signer's public key.
pub(super) struct Recoverable {
    signature: Signature,
    recovery: RecoveryId,
}

impl Recoverable {
    /// The signature in `r || s || v`; `None` where these are none.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; SIGNATURE_LEN] = bytes.try_into().ok()?;
        let recovery = RecoveryId::from_byte(bytes[64])?;
        let signature = Signature::from_slice(&bytes[..64]).ok()?;
        Some(Self { signature, recovery })
    }

    fn to_bytes(&self) -> [u8; SIGNATURE_LEN] {
        let mut bytes = [0; SIGNATURE_LEN];
        bytes[..64].copy_from_slice(&self.signature.to_bytes());
        bytes[64] = self.recovery.to_byte();
        bytes
    }

    /// The public key of whoever made it over `digest`; `None` where no key could have.
    pub(super) fn recover(&self, digest: &[u8; 32]) -> Option<VerifyingKey> {
        VerifyingKey::recover_from_prehash(digest, &self.signature, self.recovery).ok()
    }

    /// `r`, not zero.
    pub(super) fn r(&self) -> Scalar {
        *self.signature.r()
    }

    /// `s`, not zero.
    pub(super) fn s(&self) -> Scalar {
        *self.signature.s()
    }

    /// Whether this is the point of the nonce: `r` is its abscissa, reduced if `v` says so, and `v` tells its parity.
    pub(super) fn names(&self, point: &AffinePoint) -> bool {
        let (x, r) = (point.x(), self.r());
        let is_reduced = r.to_repr() != x;
        scalar(&x.0) == r
            && is_reduced == self.recovery.is_x_reduced()
            && bool::from(point.y_is_odd()) == self.recovery.is_y_odd()
    }
}

/// Big-endian bytes as a scalar, reduced by the order of the curve.
pub(super) fn scalar(bytes: &[u8; 32]) -> Scalar {
    Scalar::reduce(&FieldBytes::from(*bytes))
}

/// Inverses of scalars that are not zero, at the price of one inversion and three products each.
pub(super) fn invert_all(scalars: impl Iterator<Item = Scalar>) -> Vec<Scalar> {
    let mut product = Scalar::ONE;
    let mut pairs = Vec::new();
    for scalar in scalars {
        // With the product of all before it.
        pairs.push((product, scalar));
        product *= scalar;
    }
    let mut inverse = product.invert_vartime().expect("no factor is zero");
    for (before, scalar) in pairs.iter_mut().rev() {
        *before *= inverse;
        inverse *= *scalar;
    }
    pairs.into_iter().map(|(inverse, _)| inverse).collect()
}
