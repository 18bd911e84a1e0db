//! Bytes as the script of one client request: who answers what, in which order.
//!
//! A script is a header of four bytes (world, peers, `F`, `min_responses`) and lines of four (sender, what, and two
//! operands); only raw payloads stand between lines, in units of four bytes. So every string of bytes is a script.

use donsim::aggregator::{Answer, Config, ConfigError, RequestIds, RuleSet};
use donsim::wire::{ErrorCode, PAYLOAD_NOT_AVAILABLE, PeerId};
use prost::bytes::Bytes;

use crate::seeds::{self, unhex};

/// Bytes of a line; also what mutations move whole.
pub const LINE: usize = 4;

/// A world of the vectors, ready for use.
pub struct World {
    n: usize,
    f: usize,
    pub ids: RequestIds,
    peers: Vec<PeerId>,
    signers: Vec<Vec<u8>>,
    payloads: Vec<Bytes>,
    messages: Vec<(Option<Vec<u8>>, Answer)>,
    /// Its sequences as scripts, without their headers.
    pub sequences: Vec<Vec<u8>>,
}

impl World {
    pub fn new(world: &seeds::World) -> Self {
        let payloads: Vec<Bytes> = world.payloads.iter().map(|payload| unhex(payload).into()).collect();
        let message = |message: &seeds::Message| {
            let payload = usize::try_from(message.payload).map_or_else(|_| Bytes::new(), |at| payloads[at].clone());
            let answer = Answer { code: ErrorCode(message.code), text: message.text.clone(), payload: payload.into() };
            (message.sender.as_deref().map(unhex), answer)
        };
        let line = |index: &usize| [0, 0, (index >> 8) as u8, (index & 0xff) as u8];
        Self {
            n: world.n,
            f: world.f,
            ids: RequestIds {
                workflow_execution_id: world.workflow_execution_id.clone(),
                reference_id: world.reference_id.clone(),
            },
            peers: world.peers.iter().filter_map(|peer| PeerId::from_slice(&unhex(peer))).collect(),
            signers: world.signers.iter().map(|signer| unhex(signer)).collect(),
            messages: world.messages.iter().map(message).collect(),
            sequences: world.sequences.iter().map(|sequence| sequence.order.iter().flat_map(line).collect()).collect(),
            payloads,
        }
    }
}

/// What happens to a client request.
pub enum Event {
    Answer(Option<Vec<u8>>, Answer),
    Expiry,
}

/// A script that was read.
pub struct Script<'w> {
    pub world: &'w World,
    peers: usize,
    f: usize,
    min_responses: usize,
    pub events: Vec<Event>,
}

impl<'w> Script<'w> {
    pub fn read(worlds: &'w [World], bytes: &[u8]) -> Self {
        let (header, mut rest) = bytes.split_at(bytes.len().min(LINE));
        let header: [usize; LINE] = std::array::from_fn(|at| header.get(at).map_or(0, |byte| usize::from(*byte)));
        let world = &worlds[header[0] % worlds.len()];
        let peers = if header[1] == 0 { world.n } else { 1 + header[1] % world.n };
        let f = if header[2] == 0 { world.f.min(peers - 1) } else { header[2] % peers };
        let min_responses = if header[3] == 0 { f + 1 } else { f + 1 + header[3] % (peers - f) };
        let mut events = Vec::new();
        while let Some((line, behind)) = rest.split_first_chunk::<LINE>() {
            rest = behind;
            events.push(world.event(*line, &mut rest));
        }
        Self { world, peers, f, min_responses, events }
    }

    pub fn config(&self, rule_set: RuleSet) -> Result<Config, ConfigError> {
        let peers = self.world.peers[..self.peers].to_vec();
        Config::new(peers, self.world.signers.clone(), self.f, rule_set)?.with_min_responses(self.min_responses)
    }
}

impl World {
    fn event(&self, [sender, what, high, low]: [u8; LINE], rest: &mut &[u8]) -> Event {
        let operand = usize::from(high) << 8 | usize::from(low);
        let (own_sender, message) = &self.messages[operand % self.messages.len()];
        let payload = || self.payloads[operand % self.payloads.len()].clone();
        let (sender, answer) = match what {
            0..96 => return Event::Answer(own_sender.clone(), message.clone()),
            96..128 => (self.sender(sender), Answer::response(payload())),
            128..160 => (self.sender(sender), Answer::response(patched(&payload(), take(rest, 1)))),
            160..176 => (self.sender(sender), Answer::response(payload().slice(..operand.min(payload().len())))),
            176..216 => (self.sender(sender), error(high, low)),
            216..248 => {
                let answer = Answer::response(Bytes::copy_from_slice(take(rest, usize::from(low))));
                (self.sender(sender), Answer { code: ErrorCode(i32::from(high / 64)), ..answer })
            }
            248.. => return Event::Expiry,
        };
        Event::Answer(sender, answer)
    }

    fn sender(&self, byte: u8) -> Option<Vec<u8>> {
        match byte {
            0..240 => Some(self.peers[usize::from(byte) % self.n].0.to_vec()),
            240 => None,
            241..248 => Some(vec![byte; 32]),
            248.. => Some(vec![byte; usize::from(byte - 248) * 11]),
        }
    }
}

/// The next `units` lines as bytes, or as many as there are.
fn take<'a>(rest: &mut &'a [u8], units: usize) -> &'a [u8] {
    let (taken, behind) = rest.split_at(rest.len().min(units * LINE));
    *rest = behind;
    taken
}

/// The payload with one byte changed.
fn patched(payload: &[u8], patch: &[u8]) -> Bytes {
    let mut payload = payload.to_vec();
    if let ([high, low, change, ..], false) = (patch, payload.is_empty()) {
        let at = (usize::from(*high) << 8 | usize::from(*low)) % payload.len();
        payload[at] ^= change;
    }
    payload.into()
}

fn error(code: u8, text: u8) -> Answer {
    let wrapped = format!("Public:User:Unknown:{PAYLOAD_NOT_AVAILABLE}");
    let texts = ["", "boom", "rpc failed", PAYLOAD_NOT_AVAILABLE, &wrapped, "a : b", "ü\0\n", "boom "];
    Answer::error(ErrorCode(i32::from(code as i8)), texts[usize::from(text) % texts.len()])
}
