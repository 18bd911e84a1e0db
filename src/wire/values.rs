//! `values.v1`: the values of a response's map, and the form into which the original brings them.

use std::collections::BTreeMap;

use prost::{Message, Oneof};

use super::DecodeError;
use super::lenient::{Lenient, declared_fields};

/// `values.v1.Map`. Entries stand as they came until [`ValueMap::normalized`]; key and value of an entry are always
/// written, also when empty.
///
/// ```
/// use donsim::wire::{BigInt, Decimal, Kind, List, MapEntry, Timestamp, Value, ValueMap};
///
/// let cents = BigInt { abs_val: vec![0, 199], sign: 0 };
/// let price = Decimal { coefficient: Some(cents.into()), exponent: -2 };
/// let prices = List { fields: vec![Value { kind: Some(Kind::Decimal(price.into())) }.into()] };
/// let mut map = ValueMap::default();
/// map.push("prices", Kind::List(prices.into()));
/// map.push("at", Kind::Int64(0));
/// map.push("at", Kind::Timestamp(Timestamp { seconds: 5, nanos: -1 }.into()));
///
/// let map = map.normalized()?;
/// let entries: Vec<&MapEntry> = map.entries.iter().map(|entry| &entry.0).collect();
/// assert_eq!((entries.len(), &entries[1].key[..]), (2, "prices"), "sorted, and the last of equal keys");
/// let Some(Kind::Timestamp(at)) = &entries[0].value.0.kind else { panic!("no time") };
/// assert_eq!(at.0, Timestamp { seconds: 4, nanos: 999_999_999 });
/// # Ok::<(), donsim::wire::DecodeError>(())
/// ```
#[derive(Clone, PartialEq, Message)]
pub struct ValueMap {
    /// The entries.
    #[prost(message, repeated, tag = "1")]
    pub entries: Vec<Lenient<MapEntry>>,
}

/// One entry of a [`ValueMap`].
///
/// ```
/// use donsim::wire::MapEntry;
/// use prost::Message;
///
/// assert_eq!(MapEntry::default().encode_to_vec(), [10, 0, 18, 0], "key and value are written also when empty");
/// ```
#[derive(Clone, PartialEq, Message)]
pub struct MapEntry {
    /// The key.
    #[prost(string, required, tag = "1")]
    pub key: String,
    /// The value.
    #[prost(message, required, tag = "2")]
    pub value: Lenient<Value>,
}

/// `values.v1.Value`; without a kind it is an empty value.
///
/// ```
/// use donsim::wire::{Kind, Value};
/// use prost::Message;
///
/// assert!(Value { kind: None }.encode_to_vec().is_empty());
/// assert_eq!(Value { kind: Some(Kind::Bool(false)) }.encode_to_vec(), [16, 0], "which is another value than none");
/// ```
#[derive(Clone, PartialEq, Message)]
pub struct Value {
    /// What it is.
    #[prost(oneof = "Kind", tags = "1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12")]
    pub kind: Option<Kind>,
}

/// The kinds of values.
///
/// ```
/// use donsim::wire::{Kind, Value};
/// use prost::Message;
///
/// let encoded = |kind| Value { kind: Some(kind) }.encode_to_vec();
/// assert_eq!(encoded(Kind::String("x".into())), b"\x0a\x01x");
/// assert_eq!((encoded(Kind::Int64(5)), encoded(Kind::Uint64(5))), (vec![56, 5], vec![96, 5]));
/// ```
#[derive(Clone, PartialEq, Oneof)]
pub enum Kind {
    /// Text.
    #[prost(string, tag = "1")]
    String(String),
    /// Truth.
    #[prost(bool, tag = "2")]
    Bool(bool),
    /// Bytes.
    #[prost(bytes, tag = "3")]
    Bytes(Vec<u8>),
    /// A map.
    #[prost(message, tag = "4")]
    Map(Lenient<ValueMap>),
    /// A list.
    #[prost(message, tag = "5")]
    List(Lenient<List>),
    /// A decimal number.
    #[prost(message, tag = "6")]
    Decimal(Lenient<Decimal>),
    /// A signed integer.
    #[prost(int64, tag = "7")]
    Int64(i64),
    /// An integer of any size.
    #[prost(message, tag = "9")]
    BigInt(Lenient<BigInt>),
    /// A point in time.
    #[prost(message, tag = "10")]
    Timestamp(Lenient<Timestamp>),
    /// A floating-point number; its bits are kept, also those of a NaN.
    #[prost(double, tag = "11")]
    Double(f64),
    /// An unsigned integer.
    #[prost(uint64, tag = "12")]
    Uint64(u64),
}

/// `values.v1.List`.
///
/// ```
/// use donsim::wire::{Kind, List, Value};
/// use prost::Message;
///
/// let of = |number| Value { kind: Some(Kind::Uint64(number)) }.into();
/// let list = List { fields: vec![of(1), of(2)] };
/// assert_eq!(list.encode_to_vec(), [18, 2, 96, 1, 18, 2, 96, 2], "every element is field 2");
/// ```
#[derive(Clone, PartialEq, Message)]
pub struct List {
    /// The elements.
    #[prost(message, repeated, tag = "2")]
    pub fields: Vec<Lenient<Value>>,
}

/// `values.v1.Decimal`: `coefficient * 10^exponent`.
///
/// ```
/// use donsim::wire::{BigInt, Decimal, DecodeError, Kind, ValueMap};
///
/// let normalized = |coefficient: Option<BigInt>| {
///     let mut map = ValueMap::default();
///     map.push("price", Kind::Decimal(Decimal { coefficient: coefficient.map(Into::into), exponent: -2 }.into()));
///     map.normalized()
/// };
/// assert!(normalized(Some(BigInt { abs_val: vec![199], sign: 1 })).is_ok(), "1.99");
/// assert_eq!(normalized(None), Err(DecodeError::DecimalWithoutCoefficient));
/// ```
#[derive(Clone, PartialEq, Message)]
pub struct Decimal {
    /// The digits. The original crashes without.
    #[prost(message, optional, tag = "1")]
    pub coefficient: Option<Lenient<BigInt>>,
    /// The power of ten.
    #[prost(int32, tag = "2")]
    pub exponent: i32,
}

/// `values.v1.BigInt`.
///
/// ```
/// use donsim::wire::{BigInt, Kind, ValueMap};
///
/// let mut map = ValueMap::default();
/// map.push("debt", Kind::BigInt(BigInt { abs_val: vec![0, 0, 5], sign: -9 }.into()));
/// let Some(Kind::BigInt(debt)) = map.normalized()?.entries.remove(0).0.value.0.kind else { panic!("no number") };
/// assert_eq!(debt.0, BigInt { abs_val: vec![5], sign: -1 });
/// # Ok::<(), donsim::wire::DecodeError>(())
/// ```
#[derive(Clone, PartialEq, Message)]
pub struct BigInt {
    /// Its magnitude, big-endian.
    #[prost(bytes = "vec", tag = "1")]
    pub abs_val: Vec<u8>,
    /// Its sign.
    #[prost(int64, tag = "2")]
    pub sign: i64,
}

/// `google.protobuf.Timestamp`.
///
/// ```
/// use donsim::wire::{Kind, Timestamp, ValueMap};
///
/// let mut map = ValueMap::default();
/// map.push("at", Kind::Timestamp(Timestamp { seconds: 5, nanos: 1_500_000_000 }.into()));
/// let Some(Kind::Timestamp(at)) = map.normalized()?.entries.remove(0).0.value.0.kind else { panic!("no time") };
/// assert_eq!(at.0, Timestamp { seconds: 6, nanos: 500_000_000 });
/// # Ok::<(), donsim::wire::DecodeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub struct Timestamp {
    /// Seconds since 1970.
    #[prost(int64, tag = "1")]
    pub seconds: i64,
    /// Nanoseconds within the second.
    #[prost(int32, tag = "2")]
    pub nanos: i32,
}

declared_fields!(ValueMap { 1 => LengthDelimited });
declared_fields!(MapEntry { 1 | 2 => LengthDelimited });
declared_fields!(Value { 1 | 3..=6 | 9 | 10 => LengthDelimited, 2 | 7 | 12 => Varint, 11 => SixtyFourBit });
declared_fields!(List { 2 => LengthDelimited });
declared_fields!(Decimal { 1 => LengthDelimited, 2 => Varint });
declared_fields!(BigInt { 1 => LengthDelimited, 2 => Varint });
declared_fields!(Timestamp { 1 | 2 => Varint });

impl ValueMap {
    /// Adds an entry behind the others.
    pub fn push(&mut self, key: impl Into<String>, kind: Kind) {
        let value = Lenient(Value { kind: Some(kind) });
        self.entries.push(Lenient(MapEntry { key: key.into(), value }));
    }

    /// The map in the original's form: sorted by key bytes, the last of equal keys, every value normalized.
    ///
    /// # Errors
    /// [`DecodeError::DecimalWithoutCoefficient`] where the original crashes.
    pub fn normalized(self) -> Result<Self, DecodeError> {
        let unique: BTreeMap<String, Value> =
            self.entries.into_iter().map(|Lenient(entry)| (entry.key, entry.value.0)).collect();
        let entries = unique
            .into_iter()
            .map(|(key, value)| Ok(Lenient(MapEntry { key, value: Lenient(value.normalized()?) })))
            .collect::<Result<_, DecodeError>>()?;
        Ok(Self { entries })
    }
}

impl Value {
    fn normalized(self) -> Result<Self, DecodeError> {
        let kind = self.kind.map(Kind::normalized).transpose()?;
        Ok(Self { kind })
    }
}

impl Kind {
    fn normalized(self) -> Result<Self, DecodeError> {
        Ok(match self {
            Self::Map(Lenient(map)) => Self::Map(Lenient(map.normalized()?)),
            Self::List(Lenient(list)) => {
                let fields =
                    list.fields.into_iter().map(|value| value.0.normalized().map(Lenient)).collect::<Result<_, _>>()?;
                Self::List(Lenient(List { fields }))
            }
            Self::Decimal(Lenient(decimal)) => {
                let Lenient(coefficient) = decimal.coefficient.ok_or(DecodeError::DecimalWithoutCoefficient)?;
                let coefficient = Some(Lenient(coefficient.normalized()));
                Self::Decimal(Lenient(Decimal { coefficient, exponent: decimal.exponent }))
            }
            Self::BigInt(Lenient(number)) => Self::BigInt(Lenient(number.normalized())),
            Self::Timestamp(Lenient(time)) => Self::Timestamp(Lenient(time.normalized())),
            plain => plain,
        })
    }
}

impl BigInt {
    /// No leading zeros; sign -1, 0 or 1, and 1 for digits without a sign.
    fn normalized(self) -> Self {
        let leading = self.abs_val.iter().take_while(|byte| **byte == 0).count();
        let abs_val = self.abs_val[leading..].to_vec();
        let sign = match (abs_val.is_empty(), self.sign < 0) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        Self { abs_val, sign }
    }
}

impl Timestamp {
    /// Nanoseconds within `0..10^9`, the rest carried into the seconds, which wrap around.
    fn normalized(self) -> Self {
        const SECOND: i32 = 1_000_000_000;
        let carry = i64::from(self.nanos.div_euclid(SECOND));
        Self { seconds: self.seconds.wrapping_add(carry), nanos: self.nanos.rem_euclid(SECOND) }
    }
}
