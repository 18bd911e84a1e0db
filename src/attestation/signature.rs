//! Recoverable ECDSA signatures on secp256k1, judged by the signer's address.

use std::fmt;

use k256::ecdsa::{RecoveryId, Signature, SigningKey, VerifyingKey};
use sha3::{Digest, Keccak256};
use thiserror::Error;

/// Length of a signature `r || s || v`.
pub const SIGNATURE_LEN: usize = 65;

/// The last 20 bytes of keccak256 of the uncompressed public key without its leading byte.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(pub [u8; 20]);

impl Address {
    fn of(key: &VerifyingKey) -> Self {
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a secp256k1 private key: zero, or not below the order of the curve")]
pub struct PrivateKeyError;

/// A signer's key pair.
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
        let mut bytes = [0; SIGNATURE_LEN];
        bytes[..64].copy_from_slice(&signature.to_bytes());
        bytes[64] = recovery.to_byte();
        bytes
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
#[must_use]
pub fn is_signed_by(digest: &[u8; 32], signature: &[u8], address: &[u8]) -> bool {
    recover(digest, signature).is_some_and(|signer| signer.0 == address)
}

fn recover(digest: &[u8; 32], signature: &[u8]) -> Option<Address> {
    let (scalars, v) = match signature {
        [scalars @ .., v] if signature.len() == SIGNATURE_LEN => (scalars, *v),
        _ => return None,
    };
    let recovery = RecoveryId::from_byte(v)?;
    let signature = Signature::from_slice(scalars).ok()?;
    let key = VerifyingKey::recover_from_prehash(digest, &signature, recovery).ok()?;
    Some(Address::of(&key))
}
