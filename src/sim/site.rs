//! Which draw is keyed by what.
//!
//! Every random choice of a replicate is a draw. It is a function of the scenario's seed, the replicate's number, its
//! site (what kind of choice it is) and the identity of what is chosen, and of nothing else: not of how many draws were
//! made before, not of the number of nodes, not of the rule set. So whatever is added to a scenario, a node, a fault, a
//! request, an axis value, leaves all other draws as they were: two cells of a sweep meet the same weather in the same
//! replicate, and their differences are paired (common random numbers).
//!
//! A draw is 64 bits, and one sample is made of one draw by the monotone inverse of its distribution. Another
//! distribution turns the same draw into another sample of the same rank: what was slow stays slow, and what is lost at
//! a loss of 10 % is lost at 20 %, too.
//!
//! | site | drawn for | keyed by |
//! | --- | --- | --- |
//! | `StartSkew` | when a workflow node starts a request | request, node |
//! | `Arrival` | gap before a request | request |
//! | `Execution` | a capability node's execution time | request, node, and of OCR3 rounds the poll |
//! | `Ocr` | time of the agreement | request |
//! | `HolderRank` | who holds the payload: the lowest ranks | node |
//! | `Agree` | whether a node holds it, with `{ agree = p }` | node |
//! | `FaultRank` | whom a fault takes: the lowest ranks that fit, or those below its probability | kind of fault, ordinal in its kind, node |
//! | `SignerRank` | who signs the report: the lowest ranks | request, node |
//! | `Loss`, `Duplication` | whether a message gets lost, or is delivered twice | request, sender, receiver, attempt |
//! | `Latency` | how long a copy of a message is under way | request, sender, receiver, attempt, copy |
//! | `Tie` | order of events of one instant | request, nodes, kind of event, attempt and copy |
//! | `Payload` | the right payload | request, and of OCR3 rounds the changes of the chain before it |
//! | `WrongPayload` | a lie | request, its author when not all share it, its receiver when each gets another |
//! | `Call` | the call | request, and for another call under the same id node and number |
//! | `ExecutionId`, `SequenceNumber` | ids of a request | request |
//! | `Ticker` | phase of a capability node's expiry ticker | node |
//! | `SpoiltSlot` | which signature is spoilt | request, node |
//! | `SlowAnswer` | by how much an answer is late | request, sender, receiver |
//! | `SlowAsk` | by how much a request is late | request, sender, receiver |
//! | `RoundPhase` | start of the first OCR3 round | |
//! | `LeaderRank` | order in which nodes lead | node |
//! | `FirstSequenceNumber` | sequence number of the first round | |
//! | `OcrLoss`, `OcrDuplication` | whether an OCR3 message gets lost, or is delivered twice | sequence number, sender and receiver, kind, epoch, attempt |
//! | `OcrLatency` | how long a copy of an OCR3 message is under way | sequence number, sender and receiver, kind, epoch, attempt and copy |
//! | `ProviderRank` | through which provider a node reads | node |
//! | `BlockPhase` | time of the first block | |
//! | `BlockLag` | how much later a provider has a block | provider, block |
//! | `ChainChange` | whether a block changes the answer to a request | request, block |
//! | `RpcError` | whether the RPC fails for a request everywhere | request |
//! | `RpcFailure` | whether a poll fails | request, provider, poll |
//! | `Differs` | whether a node gets an answer of its own | request, node |
//! | `ResponseRank` | order in which holders send a caller the payload | request, caller, holder |
//! | `ClientTicker` | phase of a workflow node's expiry ticker | node |
//! | `FaultTarget` | at whom a fault aims: the lowest ranks | kind of fault, ordinal in its kind, faulty node, target |
//! | `FaultActs` | whether a fault acts this time | kind of fault, ordinal in its kind, request, faulty node, target |
//! | `Garbage` | random bytes: a signature, a response | request, node, what they stand for |
//! | `Victim` | in whose name an impersonator answers: the lowest rank | request, impersonator, candidate |
//! | `PrivateKey` | a signer's key, the same in every replicate | node, attempt |
//! | `PeerId` | a node's peer id, the same in every replicate | node |
//! | `Workflow` | ids of the workflow, the same in every replicate | which of them |
//! | `ConfigDigest` | the same in every replicate | how old the configuration is |
//!
//! A node is its DON and its position in it, so neither DON renumbers the other's nodes. The kind of a message is given by
//! its direction. An *attempt* is the number of messages that the sender has sent this receiver about this request before:
//! only a fault of the sender, or of a requester that is answered more than once, makes it more than 0, so it never
//! depends on what others do.
//!
//! What the lowest *ranks* take is a choice among all nodes: every node draws a rank for itself, so a new node changes no
//! rank, but it may displace one that was chosen. Faults that may not overlap choose one after the other, so one that
//! comes before others may take a node of theirs; `overlap = true` takes none. A fault's *ordinal* counts those of its own
//! kind, so new ones belong behind old ones.
//!
//! What is not a draw may change: when something happens follows from what happened before it, queueing depends on
//! everything in the queue, and the stages of the schedule `one_at_a_time` are the original's own permutation, another for
//! every number of nodes. `tests/common_random_numbers.rs` shows all this.

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
    RoundPhase = 30,
    LeaderRank = 31,
    FirstSequenceNumber = 32,
    OcrLoss = 33,
    OcrDuplication = 34,
    OcrLatency = 35,
    ProviderRank = 36,
    BlockPhase = 37,
    BlockLag = 38,
    ChainChange = 39,
    RpcError = 40,
    RpcFailure = 41,
    Differs = 42,
    ResponseRank = 43,
    ClientTicker = 44,
}

impl Site {
    const fn key(self, parts: [u32; 5]) -> DrawKey {
        DrawKey { site: self as u32, parts }
    }

    /// The draw of this site for `parts`.
    pub(super) fn draw(self, draws: &Draws, parts: [u32; 5]) -> Uniform {
        draws.draw(self.key(parts))
    }

    /// The draws of this site for all `parts`, in their order.
    pub(super) fn draw_all(self, draws: &Draws, parts: impl Iterator<Item = [u32; 5]>) -> Vec<Uniform> {
        draws.draw_all(parts.map(|parts| self.key(parts)))
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
        let mut ranked: Vec<(Uniform, u32)> = self.draw_all(draws, (0..n).map(parts)).into_iter().zip(0..).collect();
        ranked.sort_unstable();
        ranked.into_iter().map(|(_, at)| at).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const SOURCE: &str = include_str!("site.rs");

    #[test]
    fn the_table_has_every_site_once() {
        let first_cell = |line: &'static str| line.strip_prefix("//! | `")?.split(" |").next();
        let listed: Vec<&str> = SOURCE
            .lines()
            .filter_map(first_cell)
            .flat_map(|cell| cell.split(", "))
            .map(|name| name.trim_matches('`'))
            .collect();
        let (_, after) = SOURCE.split_once("enum Site {").expect("the enum");
        let (inside, _) = after.split_once('}').expect("its end");
        let sites: Vec<(&str, u32)> = inside
            .lines()
            .filter_map(|line| line.trim().trim_end_matches(',').split_once(" = "))
            .map(|(name, number)| (name, number.parse().expect("a number")))
            .collect();
        assert_eq!(sites.len(), Site::ClientTicker as usize, "numbers are used once and without gaps");
        assert_eq!(sites.iter().map(|site| site.0).collect::<BTreeSet<_>>(), listed.iter().copied().collect());
        assert_eq!(listed.len(), sites.len());
        assert!(sites.iter().zip(1..).all(|((_, number), at)| *number == at));
    }

    #[test]
    fn golden_draws() {
        // Worked out by a ChaCha8 of its own: words 4 to 11 are seed, replicate, site and three parts, 14 and 15 the others.
        let draws = Draws::new(7, 3);
        for (site, parts, bits) in [
            (Site::StartSkew, [0, 0, 0, 0, 0], 0xdace_e706_b0fe_ca15),
            (Site::Execution, [1, 4, 0, 0, 0], 0x6b14_c25b_31dd_168b),
            (Site::HolderRank, [6, 0, 0, 0, 0], 0x17ad_0f14_ab47_f658),
            (Site::Loss, [0, 2, 5 | 1 << 31, 0, 0], 0x5776_e42f_8928_7fdd),
            (Site::Latency, [0, 5 | 1 << 31, 2, 1, 1], 0x3c1a_77cc_9d50_1837),
            (Site::FaultActs, [6, 0, 1, 2, 3], 0xb468_ad4f_11bf_157b),
            (Site::SlowAsk, [u32::MAX; 5], 0xeb1e_2738_ad42_e61c),
        ] {
            assert_eq!(site.draw(&draws, parts).bits(), bits, "{site:?} {parts:?}");
        }
        assert_eq!(Site::Payload.bytes(&draws, [0; 5], 4), [0xe3, 0xf4, 0xef, 0xcd]);
        assert_eq!(Site::Payload.array(&draws, [0; 5])[..4], [0xe3, 0xf4, 0xef, 0xcd]);
    }

    #[test]
    fn a_new_node_ranks_itself_among_the_others() {
        let by_node = |node| [node, 0, 0, 0, 0];
        let mut places = BTreeSet::new();
        for replicate in 0..50 {
            let draws = Draws::new(1, replicate);
            let mut more = Site::HolderRank.ranked(&draws, 8, by_node);
            places.insert(more.iter().position(|node| *node == 7));
            more.retain(|node| *node != 7);
            assert_eq!(more, Site::HolderRank.ranked(&draws, 7, by_node));
        }
        assert_eq!(places.len(), 8);
    }
}
