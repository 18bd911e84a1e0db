//! What takes time to make and depends on the seed and the replicate alone: keys, signatures, decoded bytes.
//!
//! One cache serves many replicates and many cells. Everything is looked up by its content, so that sharing changes
//! how long a run takes and nothing else.

use std::collections::BTreeMap;
use std::sync::Arc;

use prost::bytes::Bytes;

use crate::aggregator::{Config, Memo, RuleSet};
use crate::attestation::{KeyPair, Keyring, SIGNATURE_LEN};
use crate::engine::{Draws, EventQueue};
use crate::network::Node;
use crate::wire::{PeerId, Rope};

use super::event::Event;
use super::link_draws::LinkDraws;
use super::setup::Setup;
use super::site::Site;
use super::truth::REPLY_TYPE;

/// `N`, `F` and `min_responses`.
type CapabilityDonKey = [u32; 3];

/// Keys and finished work, for one thread.
///
/// ```
/// use donsim::scenario::Scenario;
/// use donsim::sim::{ReplicateCache, simulate};
///
/// let setup = Scenario::parse("mine.toml".as_ref(), "schema = 1\n".to_owned(), &[])?.cell(0).setup;
/// let mut cache = ReplicateCache::new(setup.run.seed);
/// let mut of_another_thread = ReplicateCache::with_keyring(setup.run.seed, cache.keyring());
/// for number in 0..10 {
///     assert_eq!(simulate(&setup, number, &mut cache), simulate(&setup, number, &mut of_another_thread));
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ReplicateCache {
    seed: u64,
    replicate: Option<u64>,
    keys: BTreeMap<u32, KeyPair>,
    /// By place, of workflow nodes and of capability nodes.
    peers: [Vec<PeerId>; 2],
    peer_names: BTreeMap<Node, String>,
    signatures: BTreeMap<(u32, [u8; 32]), [u8; SIGNATURE_LEN]>,
    keyring: Arc<Keyring>,
    reuses: bool,
    /// Knowledge of aggregators, by what it depends on besides the seed.
    configs: BTreeMap<(CapabilityDonKey, RuleSet), Arc<Config>>,
    /// Drawn bytes, by site, key and length.
    drawn: BTreeMap<(u32, [u32; 5], u64), Bytes>,
    hashes: BTreeMap<Bytes, [u8; 32]>,
    pub(super) link_draws: LinkDraws,
    /// The event queue between two worlds, empty.
    pub(super) queue: EventQueue<Event>,
    pub(super) memo: Memo,
}

/// The signer that belongs to no DON: whoever forges signs with its key.
pub(super) const ROGUE: u32 = u32::MAX;

impl ReplicateCache {
    /// An empty cache for the keys of `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::with_keyring(seed, Arc::default())
    }

    /// An empty cache for the keys of `seed`, with a keyring that other threads may have, too.
    #[must_use]
    pub fn with_keyring(seed: u64, keyring: Arc<Keyring>) -> Self {
        Self {
            seed,
            replicate: None,
            keys: BTreeMap::new(),
            peers: [Vec::new(), Vec::new()],
            peer_names: BTreeMap::new(),
            signatures: BTreeMap::new(),
            memo: Memo::with_keyring(Arc::clone(&keyring)),
            keyring,
            reuses: true,
            configs: BTreeMap::new(),
            drawn: BTreeMap::new(),
            hashes: BTreeMap::new(),
            link_draws: LinkDraws::default(),
            queue: EventQueue::new(),
        }
    }

    /// A cache that keeps nothing but keys: each signature is made anew, each check is a recovery, and each envelope is
    /// encoded and decoded. It shows that reuse changes how long a run takes and nothing else.
    pub(crate) fn without_reuse(seed: u64) -> Self {
        let keyring = Arc::new(Keyring::without_tables());
        Self { reuses: false, memo: Memo::forgetful(), ..Self::with_keyring(seed, keyring) }
    }

    /// Whether it keeps anything but keys.
    pub(super) const fn reuses(&self) -> bool {
        self.reuses
    }

    /// Draws of a replicate; finished work of another replicate is thrown away, for it will not come again.
    pub(super) fn begin(&mut self, seed: u64, replicate: u64) -> Draws {
        if self.seed != seed {
            *self = if self.reuses { Self::new(seed) } else { Self::without_reuse(seed) };
        }
        if self.replicate != Some(replicate) || !self.reuses {
            self.replicate = Some(replicate);
            self.signatures.clear();
            self.drawn.clear();
            self.hashes.clear();
            self.link_draws.clear();
            self.memo.clear();
        }
        Draws::new(seed, replicate)
    }

    /// The keyring, for another cache.
    #[must_use]
    pub fn keyring(&self) -> Arc<Keyring> {
        Arc::clone(&self.keyring)
    }

    /// Draws that are the same in every replicate.
    pub(super) const fn identities(&self) -> Draws {
        Draws::new(self.seed, u64::MAX)
    }

    /// The key pair of capability node `signer`, or of [`ROGUE`].
    pub(super) fn key(&mut self, signer: u32) -> &KeyPair {
        let identities = self.identities();
        self.keys.entry(signer).or_insert_with(|| {
            // The order of the curve is so close to 2^256 that the first attempt is a key but for a chance of 2^-128.
            (0..)
                .find_map(|attempt| {
                    let bytes = Site::PrivateKey.array(&identities, [signer, attempt, 0, 0, 0]);
                    KeyPair::from_private(&bytes).ok()
                })
                .expect("some draw is a private key")
        })
    }

    /// Knowledge of the capability DON that the aggregators of a workflow node with this rule set have.
    pub(super) fn config(&mut self, setup: &Setup, rule_set: RuleSet) -> Arc<Config> {
        let (don, aggregator) = (&setup.capability_don, &setup.aggregator);
        let key = ([don.nodes, don.f, aggregator.min_responses], rule_set);
        if let Some(config) = self.configs.get(&key) {
            return Arc::clone(config);
        }
        let peers = (0..don.nodes).map(|node| self.peer(Node::Capability(node))).collect();
        let signers = (0..don.nodes).map(|node| self.key(node).address().0.to_vec()).collect();
        let config = Config::new(peers, signers, don.f as usize, rule_set)
            .and_then(|config| match aggregator.min_responses {
                0 => Ok(config),
                min_responses => config.with_min_responses(min_responses as usize),
            })
            .expect("a setup is checked before it is simulated");
        let config = Arc::new(config.with_type_url(REPLY_TYPE));
        self.configs.insert(key, Arc::clone(&config));
        config
    }

    /// A node's peer id.
    pub(super) fn peer(&mut self, node: Node) -> PeerId {
        let identities = self.identities();
        let (peers, member) = match node {
            Node::Workflow(_) => (&mut self.peers[0], Node::Workflow as fn(u32) -> Node),
            Node::Capability(_) => (&mut self.peers[1], Node::Capability as fn(u32) -> Node),
        };
        for place in peers.len() as u32..=node.position() as u32 {
            peers.push(PeerId(Site::PeerId.array(&identities, [member(place).key(), 0, 0, 0, 0])));
        }
        peers[node.position()]
    }

    /// A node's peer id in its printed form.
    pub(super) fn peer_name(&mut self, node: Node) -> String {
        let peer = self.peer(node);
        self.peer_names.entry(node).or_insert_with(|| peer.to_string()).clone()
    }

    /// Bytes that the replicate `draws`; every world of it shares them.
    pub(super) fn bytes(&mut self, site: Site, draws: &Draws, parts: [u32; 5], len: u64) -> Bytes {
        let draw = || site.bytes(draws, parts, usize::try_from(len).unwrap_or(usize::MAX)).into();
        self.drawn.entry((site as u32, parts, len)).or_insert_with(draw).clone()
    }

    /// SHA-256 of bytes.
    pub(super) fn hash(&mut self, bytes: &Bytes) -> [u8; 32] {
        if let Some(hash) = self.hashes.get(bytes) {
            return *hash;
        }
        let hash = Rope::from(bytes.clone()).sha256();
        self.hashes.insert(bytes.clone(), hash);
        hash
    }

    /// `signer`'s signature over `digest`.
    pub(super) fn sign(&mut self, signer: u32, digest: &[u8; 32]) -> [u8; SIGNATURE_LEN] {
        self.sign_all(&[signer], digest)[0]
    }

    /// Each signer's signature over `digest`.
    pub(super) fn sign_all(&mut self, signers: &[u32], digest: &[u8; 32]) -> Vec<[u8; SIGNATURE_LEN]> {
        let is_new = |signer: &u32| !self.signatures.contains_key(&(*signer, *digest));
        let new: Vec<u32> = signers.iter().copied().filter(is_new).collect();
        if !new.is_empty() {
            for signer in &new {
                self.key(*signer);
            }
            let keys: Vec<&KeyPair> = new.iter().map(|signer| &self.keys[signer]).collect();
            let signatures = self.keyring.sign_all(&keys, digest);
            self.signatures.extend(new.iter().map(|signer| (*signer, *digest)).zip(signatures));
        }
        let signatures = signers.iter().map(|signer| self.signatures[&(*signer, *digest)]).collect();
        if !self.reuses {
            self.signatures.clear();
        }
        signatures
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregator::Work;

    /// A signature of node 3 in each of so many replicates, and whether it was found valid.
    fn signatures(cache: &mut ReplicateCache) -> Vec<([u8; SIGNATURE_LEN], bool)> {
        let one = |replicate| {
            cache.begin(1, replicate);
            let (digest, address) = ([replicate as u8; 32], cache.key(3).address());
            let signature = cache.sign(3, &digest);
            (signature, cache.memo.is_signed_by(&digest, &signature, &address.0))
        };
        (0..60).map(one).collect()
    }

    #[test]
    fn tables_outlive_replicates_and_change_nothing() {
        let (mut cache, mut anew) = (ReplicateCache::new(1), ReplicateCache::without_reuse(1));
        let made = signatures(&mut cache);
        assert!(made.iter().all(|(_, valid)| *valid));
        assert_eq!(made, signatures(&mut anew));
        assert_eq!((cache.keyring().tables(), anew.keyring().tables()), (1, 0));
    }
}
