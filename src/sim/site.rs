//! Which draw is keyed by what.
//!
//! Every random choice of a replicate is a draw keyed by its site and by the identity of what is drawn, below the
//! scenario's seed and the replicate's number. No draw depends on another one having been made, so adding a node, a
//! fault, an axis value or a rule set leaves all others as they were (common random numbers).
//!
//! | site | drawn for | keyed by |
//! | --- | --- | --- |
//! | `StartSkew` | when a workflow node starts a request | request, node |
//! | `Arrival` | gap before a request | request |
//! | `Execution` | a capability node's execution time | request, node |
//! | `Ocr` | time of the agreement | request |
//! | `HolderRank` | who holds the payload: the lowest ranks | node |
//! | `Agree` | whether a node holds it, with `{ agree = p }` | node |
//! | `FaultRank` | whom a fault takes: the lowest ranks | kind of fault, ordinal in its kind, node |
//! | `SignerRank` | who signs the report: the lowest ranks | request, node |
//! | `Loss`, `Duplication`, `Latency` | a message's way | request, sender, receiver, kind of message, attempt (and copy) |
//! | `Tie` | order of events of one instant | request, both nodes, kind of event, attempt |
//! | `Payload` | the right payload | request |
//! | `WrongPayload` | a lie | request, its author when not all share it, its receiver when each gets another |
//! | `Call` | the call | request, and for another call under the same id node and number |
//! | `ExecutionId`, `SequenceNumber` | ids of a request | request |
//! | `Ticker` | phase of a capability node's expiry ticker | node |
//! | `SpoiltSlot` | which signature is spoilt | request, node |
//! | `SlowAnswer` | by how much an answer is late | request, sender, receiver |
//! | `FaultTarget` | at whom a fault aims: the lowest ranks | kind of fault, ordinal in its kind, faulty node, target |
//! | `FaultActs` | whether a fault acts this time | kind of fault, ordinal in its kind, request, faulty node, target |
//! | `Garbage` | random bytes: a signature, a response | request, node, what they stand for |
//! | `Victim` | in whose name an impersonator answers: the lowest rank | request, impersonator, candidate |
//! | `SlowAsk` | by how much a request is late | request, sender, receiver |
//! | `PrivateKey`, `PeerId`, `Workflow` | identities, the same in every replicate | node |
//! | `ConfigDigest` | the same in every replicate | how old the configuration is |

use crate::engine::{DrawKey, Draws, Uniform};

/// A draw site. The numbers are part of every result: add, never renumber.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Site {
    StartSkew = 1,
    Arrival = 2,
    Execution = 3,
    Ocr = 4,
    HolderRank = 5,
    Agree = 6,
    FaultRank = 7,
    SignerRank = 8,
    Loss = 9,
    Duplication = 10,
    Latency = 11,
    Tie = 12,
    Payload = 13,
    WrongPayload = 14,
    Call = 15,
    ExecutionId = 16,
    SequenceNumber = 17,
    Ticker = 18,
    SpoiltSlot = 19,
    SlowAnswer = 20,
    PrivateKey = 21,
    PeerId = 22,
    ConfigDigest = 23,
    Workflow = 24,
    FaultTarget = 25,
    FaultActs = 26,
    Garbage = 27,
    Victim = 28,
    SlowAsk = 29,
}

impl Site {
    const fn key(self, parts: [u32; 5]) -> DrawKey {
        DrawKey { site: self as u32, parts }
    }

    /// The draw of this site for `parts`.
    pub(super) fn draw(self, draws: &Draws, parts: [u32; 5]) -> Uniform {
        draws.draw(self.key(parts))
    }

    /// The bytes of this site for `parts`.
    pub(super) fn bytes(self, draws: &Draws, parts: [u32; 5], len: usize) -> Vec<u8> {
        draws.bytes(self.key(parts), len)
    }

    /// The 32 bytes of this site for `parts`.
    pub(super) fn array(self, draws: &Draws, parts: [u32; 5]) -> [u8; 32] {
        let mut array = [0; 32];
        array.copy_from_slice(&self.bytes(draws, parts, 32));
        array
    }

    /// The positions `0..n` by rising rank of this site.
    pub(super) fn ranked(self, draws: &Draws, n: u32, parts: impl Fn(u32) -> [u32; 5]) -> Vec<u32> {
        let mut ranked: Vec<(Uniform, u32)> = (0..n).map(|at| (self.draw(draws, parts(at)), at)).collect();
        ranked.sort_unstable();
        ranked.into_iter().map(|(_, at)| at).collect()
    }
}
