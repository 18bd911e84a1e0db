//! A replicate as a trace for <https://ui.perfetto.dev>: a process a DON, a thread a node, on it a track for each request
//! and one for the rounds. Slices say when a node waits or executes, instants what happens, and flows tie the sending of a
//! message to its arrival.

use std::collections::{BTreeMap, BTreeSet};

use prost::Message as _;

use crate::engine::Time;
use crate::network::Node;
use crate::scenario::escaped;
use crate::sim::{Happening, OcrHappening, What};

use super::super::happenings::words;
use super::track_event::{
    EventType, ProcessDescriptor, ThreadDescriptor, Trace, TracePacket, TrackDescriptor, TrackEvent,
};

/// Sequence to which all packets belong.
const SEQUENCE: u32 = 1;
/// Slice of a node that has no observation yet.
const EXECUTES: &str = "executes";
/// Processes of the two DONs.
const DONS: [(i32, &str); 2] = [(1, "workflow DON"), (2, "capability DON")];

/// The trace of a whole replicate, encoded.
pub fn perfetto(happenings: &[Happening]) -> Vec<u8> {
    let flows = flows(happenings);
    let mut writer = Writer::default();
    for (at, happening) in happenings.iter().enumerate() {
        writer.hear(happening, flows.get(&at).map_or(&[], Vec::as_slice));
    }
    writer.finish(happenings.last().map(|last| last.time)).encode_to_vec()
}

/// Numbers of the messages that each happening sends or receives, of those that arrive.
fn flows(happenings: &[Happening]) -> BTreeMap<usize, Vec<u64>> {
    /// Copy of a message on its way: its place in memory, its arrival, and the happening that sent it.
    type Copy = (usize, Time, usize);
    let mut under_way: BTreeMap<(Option<Node>, Option<Node>), Vec<Copy>> = BTreeMap::new();
    let mut flows: BTreeMap<usize, Vec<u64>> = BTreeMap::new();
    let mut next = 1;
    for (at, Happening { node, peer, what, .. }) in happenings.iter().enumerate() {
        match passage(what) {
            Some(Passage::Sent(message, arrivals)) => {
                let copies = arrivals.iter().flatten().map(|arrival| (message, *arrival, at));
                under_way.entry((*node, *peer)).or_default().extend(copies);
            }
            Some(Passage::Through(message)) => {
                let copies = under_way.entry((*peer, *node)).or_default();
                let ours = (0..copies.len()).filter(|copy| copies[*copy].0 == message);
                let Some(first) = ours.min_by_key(|copy| copies[*copy].1) else { continue };
                let (_, _, sent) = copies.remove(first);
                flows.entry(sent).or_default().push(next);
                flows.entry(at).or_default().push(next);
                next += 1;
            }
            None => {}
        }
    }
    flows
}

/// Part that a happening has in a message's way; the message by its place in memory.
enum Passage {
    Sent(usize, [Option<Time>; 2]),
    Through(usize),
}

fn passage(what: &What) -> Option<Passage> {
    fn place<T>(message: &std::rc::Rc<T>) -> usize {
        std::rc::Rc::as_ptr(message).addr()
    }
    match what {
        What::Sent { message, arrivals, .. } => Some(Passage::Sent(place(message), *arrivals)),
        What::Delivered { message } | What::Refused { message } => Some(Passage::Through(place(message))),
        What::Ocr(OcrHappening::Sent { message, arrivals, .. }) => Some(Passage::Sent(place(message), *arrivals)),
        What::Ocr(OcrHappening::Delivered { message } | OcrHappening::Refused { message }) => {
            Some(Passage::Through(place(message)))
        }
        _ => None,
    }
}

/// A track: a DON's or a node's, and of which request; `None` is the rounds.
type Track = (usize, Option<Node>, Option<u32>);

/// Number of a track; those of DONs and nodes themselves have nothing in the lower half.
const fn uuid(don: usize, place: u64) -> u64 {
    (don as u64 + 1) << 60 | place << 33
}

/// The trace as it grows.
#[derive(Default)]
struct Writer {
    packets: Vec<TracePacket>,
    described: BTreeSet<u64>,
    /// Slices that have not ended, by their tracks.
    open: BTreeMap<Track, &'static str>,
}

impl Writer {
    fn hear(&mut self, happening: &Happening, flows: &[u64]) {
        let Happening { time, request, node, what, .. } = happening;
        let track = (usize::from(!matches!(node, Some(Node::Workflow(_)))), *node, *request);
        let name = match what {
            What::Delivered { message } => Some(format!("{} arrives", message.describe())),
            What::Ocr(OcrHappening::Delivered { message }) => Some(format!("{} arrives", message.body.name())),
            what => words(what),
        };
        if let Some(name) = name {
            let is_sent = matches!(passage(what), Some(Passage::Sent(..)));
            let (begin, end) = if is_sent { (flows, &[][..]) } else { (&[][..], flows) };
            self.event(*time, track, EventType::Instant, Some(escaped(&name)), (begin, end));
        }
        match what {
            What::Started { .. } => self.begin(*time, track, "waits for answers"),
            What::Executing { .. } => self.begin(*time, track, EXECUTES),
            What::Agreeing { .. } => self.begin(*time, track, "OCR"),
            // Later polls change nothing, nor do those after the report.
            What::Observed { .. } | What::Ocr(OcrHappening::Captured { .. })
                if self.open.get(&track) == Some(&EXECUTES) =>
            {
                self.begin(*time, track, "waits for the report");
            }
            What::Reported | What::NothingAgreed => self.end_all(*time, *request),
            What::Decided { .. }
            | What::Crashed
            | What::Answering { .. }
            | What::Ocr(OcrHappening::Attested { .. } | OcrHappening::AgreedOnError) => self.end(*time, track),
            _ => {}
        }
    }

    /// Begins a slice; the one before it on the track ends.
    fn begin(&mut self, now: Time, track: Track, name: &'static str) {
        self.end(now, track);
        self.event(now, track, EventType::SliceBegin, Some(name.to_owned()), (&[], &[]));
        self.open.insert(track, name);
    }

    fn end(&mut self, now: Time, track: Track) {
        if self.open.remove(&track).is_some() {
            self.event(now, track, EventType::SliceEnd, None, (&[], &[]));
        }
    }

    /// Ends what the capability DON and its nodes do for a request.
    fn end_all(&mut self, now: Time, request: Option<u32>) {
        let open: Vec<Track> = self.open.keys().copied().filter(|track| track.0 == 1 && track.2 == request).collect();
        for track in open {
            self.end(now, track);
        }
    }

    fn finish(mut self, end: Option<Time>) -> Trace {
        for track in self.open.keys().copied().collect::<Vec<_>>() {
            self.end(end.unwrap_or_default(), track);
        }
        Trace { packet: self.packets }
    }

    fn event(&mut self, now: Time, track: Track, kind: EventType, name: Option<String>, flows: (&[u64], &[u64])) {
        let uuid = self.describe(track);
        let event = TrackEvent {
            r#type: Some(kind.into()),
            track_uuid: Some(uuid),
            name,
            flow_ids: flows.0.to_vec(),
            terminating_flow_ids: flows.1.to_vec(),
        };
        self.packets.push(TracePacket {
            timestamp: Some(now.as_nanos()),
            trusted_packet_sequence_id: Some(SEQUENCE),
            track_event: Some(event),
            track_descriptor: None,
        });
    }

    /// Number of a track, described with those above it when it is first used.
    fn describe(&mut self, (don, node, request): Track) -> u64 {
        let (of_don, of_node) = (uuid(don, 0), uuid(don, node.map_or(0, |node| node.position() as u64 + 1)));
        let own = of_node + request.map_or(1, |request| u64::from(request) + 2);
        let (pid, name) = DONS[don];
        let process = ProcessDescriptor { pid: Some(pid), process_name: Some(name.to_owned()) };
        self.descriptor(of_don, TrackDescriptor { process: Some(process), ..TrackDescriptor::default() });
        if let Some(node) = node {
            let (tid, thread_name) = (Some(node.position() as i64 + 1), Some(node.to_string()));
            let thread =
                ThreadDescriptor { pid: Some(pid), tid: tid.map(|tid| tid + 1000 * i64::from(pid)), thread_name };
            let descriptor =
                TrackDescriptor { parent_uuid: Some(of_don), thread: Some(thread), ..TrackDescriptor::default() };
            self.descriptor(of_node, descriptor);
        }
        let name = request.map_or_else(|| "OCR3 rounds".to_owned(), |request| format!("request {request}"));
        let descriptor = TrackDescriptor { parent_uuid: Some(of_node), name: Some(name), ..TrackDescriptor::default() };
        self.descriptor(own, descriptor);
        own
    }

    fn descriptor(&mut self, uuid: u64, descriptor: TrackDescriptor) {
        if self.described.insert(uuid) {
            self.packets.push(TracePacket {
                trusted_packet_sequence_id: Some(SEQUENCE),
                track_descriptor: Some(TrackDescriptor { uuid: Some(uuid), ..descriptor }),
                ..TracePacket::default()
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{LOSSY, ROUNDS, happenings};
    use super::*;

    #[test]
    fn slices_nest_times_rise_and_every_flow_begins_and_ends() {
        for text in [LOSSY, ROUNDS] {
            let happenings = happenings(text, 0);
            let trace = Trace::decode(perfetto(&happenings).as_slice()).unwrap();
            let (mut described, mut last, mut open) = (BTreeSet::new(), BTreeMap::new(), BTreeMap::new());
            let mut flows: BTreeMap<u64, (u32, u32)> = BTreeMap::new();
            for packet in &trace.packet {
                if let Some(descriptor) = &packet.track_descriptor {
                    assert!(descriptor.parent_uuid.is_none_or(|parent| described.contains(&parent)));
                    assert!(described.insert(descriptor.uuid.unwrap()), "described twice");
                    continue;
                }
                let (event, now) = (packet.track_event.as_ref().unwrap(), packet.timestamp.unwrap());
                let track = event.track_uuid.unwrap();
                assert!(described.contains(&track));
                assert!(last.insert(track, now).is_none_or(|before| before <= now));
                let depth: &mut i32 = open.entry(track).or_default();
                *depth += match event.r#type() {
                    EventType::SliceBegin => 1,
                    EventType::SliceEnd => -1,
                    _ => 0,
                };
                assert!((0..=1).contains(depth), "slices of one track follow each other");
                event.flow_ids.iter().for_each(|flow| flows.entry(*flow).or_default().0 += 1);
                for flow in &event.terminating_flow_ids {
                    assert_eq!(flows[flow], (1, 0), "a message arrives once, after it was sent");
                    flows.entry(*flow).or_default().1 += 1;
                }
            }
            assert!(open.values().all(|depth| *depth == 0));
            assert!(flows.values().all(|ends| *ends == (1, 1)));
            let through = |happening: &&Happening| matches!(passage(&happening.what), Some(Passage::Through(_)));
            assert_eq!(flows.len(), happenings.iter().filter(through).count());
        }
    }
}
