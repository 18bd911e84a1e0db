//! Peer ids: ed25519 public keys and their printed form.

use std::fmt;

/// A peer's id, its 32-byte ed25519 public key.
///
/// ```
/// use donsim::wire::PeerId;
///
/// let peer = PeerId::from_slice(&[1; 32]).expect("32 bytes");
/// assert!(peer.to_string().starts_with("12D3KooW") && peer < PeerId([2; 32]));
/// assert_eq!(PeerId::from_slice(&[1; 31]), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerId(pub [u8; 32]);

/// The multihash and key-type prefix of an ed25519 key in libp2p.
const PREFIX: [u8; 6] = [0x00, 0x24, 0x08, 0x01, 0x12, 0x20];

impl PeerId {
    /// The id in `bytes`; `None` unless there are 32.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Display for PeerId {
    /// Base58 in Bitcoin's alphabet, as in metering records and error texts: `12D3KooW…`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = [0; 38];
        bytes[..6].copy_from_slice(&PREFIX);
        bytes[6..].copy_from_slice(&self.0);
        f.write_str(&bs58::encode(bytes).into_string())
    }
}

impl fmt::Debug for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PeerId({self})")
    }
}
