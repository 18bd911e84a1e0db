//! The messages of a response as any protobuf library would have them, strict about wire types.

use std::collections::BTreeMap;

use prost::bytes::Bytes;
use prost::{Message, Oneof};

#[derive(Clone, PartialEq, Message)]
pub struct Response {
    #[prost(message, optional, tag = "1")]
    pub value: Option<Map>,
    #[prost(string, tag = "2")]
    pub error: String,
    #[prost(message, optional, tag = "3")]
    pub metadata: Option<Metadata>,
    /// An `Any`, raw: what it passes through need not be strict.
    #[prost(bytes = "vec", optional, tag = "4")]
    pub payload: Option<Vec<u8>>,
    #[prost(message, optional, tag = "5")]
    pub ocr_attestation: Option<Attestation>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Metadata {
    #[prost(message, repeated, tag = "1")]
    pub metering: Vec<donsim::wire::MeteringRecord>,
    #[prost(uint32, tag = "2")]
    pub capdon_n: u32,
}

#[derive(Clone, PartialEq, Message)]
pub struct Attestation {
    #[prost(bytes = "bytes", tag = "1")]
    pub config_digest: Bytes,
    #[prost(uint64, tag = "2")]
    pub sequence_number: u64,
    #[prost(message, repeated, tag = "3")]
    pub signatures: Vec<donsim::wire::AttributedSignature>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Map {
    #[prost(btree_map = "string, message", tag = "1")]
    pub fields: BTreeMap<String, Value>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Value {
    #[prost(oneof = "Kind", tags = "1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12")]
    pub kind: Option<Kind>,
}

#[derive(Clone, PartialEq, Oneof)]
pub enum Kind {
    #[prost(string, tag = "1")]
    String(String),
    #[prost(bool, tag = "2")]
    Bool(bool),
    #[prost(bytes, tag = "3")]
    Bytes(Vec<u8>),
    #[prost(message, tag = "4")]
    Map(Map),
    #[prost(message, tag = "5")]
    List(List),
    #[prost(message, tag = "6")]
    Decimal(Decimal),
    #[prost(int64, tag = "7")]
    Int64(i64),
    #[prost(message, tag = "9")]
    BigInt(BigInt),
    #[prost(message, tag = "10")]
    Timestamp(donsim::wire::Timestamp),
    #[prost(double, tag = "11")]
    Double(f64),
    #[prost(uint64, tag = "12")]
    Uint64(u64),
}

#[derive(Clone, PartialEq, Message)]
pub struct List {
    #[prost(message, repeated, tag = "2")]
    pub fields: Vec<Value>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Decimal {
    #[prost(message, optional, tag = "1")]
    pub coefficient: Option<BigInt>,
    #[prost(int32, tag = "2")]
    pub exponent: i32,
}

#[derive(Clone, PartialEq, Message)]
pub struct BigInt {
    #[prost(bytes = "vec", tag = "1")]
    pub abs_val: Vec<u8>,
    #[prost(int64, tag = "2")]
    pub sign: i64,
}
