//! Inputs made to hurt: nested deeply, repeated often, lying about their lengths.
//!
//! Each test runs on a stack of 2 MiB, as a thread of a service would. A stack overflow ends the process, and what takes
//! more than linear time takes minutes at these sizes: neither can pass unseen.

use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use donsim::aggregator::{Answer, ClientRequest, Config, Fresh, Opened, RequestIds, RuleSet, Verdict, Work};
use donsim::scenario::{Diagnostics, Scenario};
use donsim::wire::{
    Any, AttributedSignature, DecodeError, Envelope, MessageBody, OcrAttestation, PeerId, Response, Rope,
};
use prost::bytes::Bytes;
use prost::encoding::{encode_varint, encoded_len_varint};

/// Twice what the transport lets through.
const BIG: usize = 1_000_000;

const DEEP: usize = 10_000;

/// A field with a length: its one-byte key, its length, its bytes.
fn field(key: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(1 + encoded_len_varint(content.len() as u64) + content.len());
    bytes.push(key);
    encode_varint(content.len() as u64, &mut bytes);
    bytes.extend_from_slice(content);
    bytes
}

/// `depth` messages in each other, `keys` taking turns from the inside.
fn nested(keys: &[u8], depth: usize) -> Vec<u8> {
    // Built from its end, so that building it does not take quadratic time.
    let (mut reversed, mut varint) = (Vec::new(), Vec::new());
    for level in 0..depth {
        varint.clear();
        encode_varint(reversed.len() as u64, &mut varint);
        reversed.extend(varint.iter().rev());
        reversed.push(keys[level % keys.len()]);
    }
    reversed.reverse();
    reversed
}

/// Decodes, and encodes what was decoded to bytes that mean the same.
fn decode(bytes: Vec<u8>) -> Result<Response, DecodeError> {
    let response = Response::decode(bytes)?;
    let encoded = response.encode();
    assert_eq!(Response::decode(encoded.clone())?.encode(), encoded);
    Ok(response)
}

#[test]
fn nested_values_end_somewhere() {
    const VALUE: u8 = 0x0a;
    for (name, keys) in [("lists", &[0x12, 0x2a][..]), ("maps", &[0x12, 0x0a, 0x22])] {
        for depth in [2, 30, 60, 90, 100, 200, DEEP] {
            let bytes = field(VALUE, &nested(keys, depth * keys.len()));
            let _ = decode(bytes).inspect_err(|error| assert!(depth > 20, "{depth} {name}: {error}"));
        }
    }
}

#[test]
fn nested_groups_end_somewhere() {
    const START: u8 = 0x33;
    const END: u8 = 0x34;
    for depth in [1, 90, 100, DEEP, BIG] {
        let group = [vec![START; depth], vec![END; depth]].concat();
        let _ = decode(group.clone()).inspect_err(|error| assert!(depth > 50, "{depth} groups: {error}"));
        let _ = decode(field(0x22, &group));
        let _ = decode(field(0x0a, &group));
        let _ = Envelope::decode(group.clone());
        let _ = MessageBody::decode(group);
        assert!(decode(vec![START; depth]).is_err(), "{depth} groups without end");
    }
}

#[test]
fn lengths_are_not_believed() {
    for key in [0x0a, 0x12, 0x1a, 0x22, 0x2a, 0x7a] {
        for length in [5, u64::from(u32::MAX), i64::MAX as u64, u64::MAX] {
            let mut bytes = vec![key];
            encode_varint(length, &mut bytes);
            bytes.extend_from_slice(&[0; 4]);
            assert!(decode(bytes.clone()).is_err(), "{key:#x}, {length} bytes of 4");
            assert!(decode(field(0x22, &bytes)).is_err(), "{key:#x}, {length} bytes of 4, in the payload");
            assert!(Envelope::decode(bytes.clone()).is_err() || key > 0x12);
            let _ = MessageBody::decode(bytes);
        }
    }
}

#[test]
fn many_small_things() {
    let repeated = |piece: &[u8]| piece.repeat(BIG / piece.len());
    let cases = [
        ("empty metering records", field(0x1a, &repeated(&[0x0a, 0x00]))),
        ("metadata messages", repeated(&[0x1a, 0x00])),
        ("records in metadata messages", repeated(&[0x1a, 0x02, 0x0a, 0x00])),
        ("entries of one key", field(0x0a, &repeated(&[0x0a, 0x00]))),
        ("value maps of one entry", repeated(&[0x0a, 0x02, 0x0a, 0x00])),
        ("payloads", repeated(&[0x22, 0x00])),
        ("payloads with an unknown field", repeated(&[0x22, 0x02, 0x18, 0x01])),
        ("unknown fields in the payload", field(0x22, &repeated(&[0x18, 0x01]))),
        ("unknown fields", repeated(&[0x30, 0x01])),
        ("empty groups", repeated(&[0x33, 0x34])),
        ("list elements", field(0x0a, &field(0x0a, &field(0x12, &field(0x2a, &repeated(&[0x12, 0x00])))))),
        ("list parts", field(0x0a, &field(0x0a, &field(0x12, &repeated(&[0x2a, 0x02, 0x12, 0x00]))))),
        ("zeros of a big integer", field(0x0a, &field(0x0a, &field(0x12, &field(0x4a, &field(0x0a, &vec![0; BIG])))))),
    ];
    for (name, bytes) in cases {
        decode(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    let keys: Vec<u8> =
        (0..100_000_u32).rev().flat_map(|key| field(0x0a, &field(0x0a, key.to_string().as_bytes()))).collect();
    assert_eq!(decode(field(0x0a, &keys)).map(|response| response.value.entries.len()), Ok(100_000));
}

/// Counts what an aggregator lets others compute.
#[derive(Default)]
struct Counting {
    signatures: usize,
}

impl Work for Counting {
    fn open(&mut self, payload: &Rope) -> Result<Rc<Opened>, DecodeError> {
        Fresh.open(payload)
    }

    fn is_signed_by(&mut self, _digest: &[u8; 32], _signature: &[u8], _address: &[u8]) -> bool {
        self.signatures += 1;
        true
    }
}

/// No attestation makes a caller verify more signatures than there are signers.
#[test]
fn a_hundred_thousand_signatures() {
    let peers = [PeerId([1; 32]), PeerId([2; 32])];
    let signers: Vec<_> = (0..3).map(|signer| vec![signer; 20]).collect();
    let ids = Arc::new(RequestIds { workflow_execution_id: "wf".into(), reference_id: "ref".into() });
    for rule_set in RuleSet::ALL {
        let config = Config::new(peers.to_vec(), signers.clone(), 1, rule_set).expect("two peers, one Byzantine");
        let mut request = ClientRequest::new(Arc::new(config), Arc::clone(&ids));
        let signatures =
            (0..100_000).map(|signer| AttributedSignature { signature: Bytes::from_static(&[7; 65]), signer });
        let response = Response {
            metering: vec![donsim::wire::MeteringRecord::default()],
            payload: Some(Any::new("type", "payload".into())),
            attestation: Some(OcrAttestation { signatures: signatures.collect(), ..OcrAttestation::default() }),
            ..Response::default()
        };
        let mut work = Counting::default();
        let verdict = request.handle_message(Some(&peers[0].0), &Answer::response(response.encode()), &mut work);
        // One rule set looks no further than the second good one; to the others a signer out of range spoils all.
        assert_eq!(verdict == Verdict::Decided, rule_set == RuleSet::Hardened, "{}", rule_set.name());
        assert!(work.signatures <= signers.len(), "{} signatures checked", work.signatures);
    }
}

fn scenario(text: String) -> Result<Scenario, Diagnostics> {
    let outcome = Scenario::parse(Path::new("hostile.toml"), text, &[]);
    if let Err(findings) = &outcome {
        assert!(!findings.render(true).is_empty());
    }
    outcome
}

#[test]
fn nested_tables_end_somewhere() {
    let dotted = |depth: usize| vec!["a"; depth].join(".");
    for depth in [10, 79, 80, 81, DEEP] {
        let texts = [
            format!("x = {}{}", "[".repeat(depth), "]".repeat(depth)),
            format!("x = {}", "[".repeat(depth)),
            format!("x = {}1{}", "{a=".repeat(depth), "}".repeat(depth)),
            format!("x = {}1{}", "[{a=".repeat(depth), "}]".repeat(depth)),
            format!("{} = 1", dotted(depth)),
            format!("[{}]", dotted(depth)),
            format!("[[{}]]", dotted(depth)),
            format!("[sweep.grid.{}]\n{} = [1]", dotted(depth), dotted(depth)),
        ];
        for text in texts {
            assert!(scenario(text.clone()).is_err());
            assert!(scenario(format!("schema = 1\n[network]\nlatency.{text}")).is_err());
        }
    }
}

/// Dotted keys in inline tables in dotted tables: each kind of nesting has a limit of its own, and they multiply.
#[test]
fn nested_tables_of_dotted_keys_end_somewhere() {
    for (levels, keys) in [(10, 10), (79, 79), (80, 80), (100, 100)] {
        let dotted = vec!["a"; keys].join(".");
        let inline = format!("{dotted} = {}1{}", format!("{{{dotted} = ").repeat(levels), "}".repeat(levels));
        for text in [inline.clone(), format!("[{dotted}]\n{inline}"), format!("[sweep.grid]\n{inline}")] {
            // A key that comes twice, an end that never comes, an override: ways on which the parser drops a tree itself.
            assert!(scenario(format!("{text}\n{inline}")).is_err());
            assert!(scenario(text[..text.len() - levels].into()).is_err());
            assert!(scenario(text).is_err());
        }
        let overrides = [format!("{dotted}.{inline}"), inline.replacen("a =", "b =", 1)];
        assert!(Scenario::parse(Path::new("hostile.toml"), "schema = 1".into(), &overrides).is_err());
    }
}

#[test]
fn many_findings() {
    let lines = |line: &dyn Fn(usize) -> String| (0..20_000).map(|at| line(at) + "\n").collect::<String>();
    let texts = [
        lines(&|at| format!("unknown_{at} = 1")),
        lines(&|at| format!("[unknown_{at}]")),
        lines(&|_| "[[faults.crash]]".into()),
        lines(&|_| "= = =".into()),
        format!("[sweep.grid]\n{}", lines(&|at| format!("unknown_{at} = [1]"))),
        format!("[sweep.grid]\naggregator.rule_set = [\n{}]", lines(&|at| format!("'{at}',"))),
        format!("[sweep.grid]\nnetwork.loss = [\n{}]", lines(&|at| format!("2.{at},"))),
        format!("[network]\nlatency = {{ {} }}", lines(&|at| format!("k{at} = 1,")).replace('\n', "")),
    ];
    for text in texts {
        assert!(scenario(format!("schema = 1\n{text}")).is_err());
    }
}
